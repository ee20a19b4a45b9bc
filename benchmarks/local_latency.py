"""Measure the local run: one photo at a time by upload and by a single request, and photos a second of a burst.

python -m benchmarks.local_latency [--photos 100]

Starts a cloud of its own on free ports, deploys, measures, and leaves nothing behind. Numbers, no verdict.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from client import FacesClient, Polling, UserPool, sign_in
from local import users
from local.cloud import LocalCloud
from local.demo import runner, scenes
from local.deployment import Deployment
from local.ports import Ports
from local.run import SAMPLES

ONE_FACE = ("obama-2012.jpg", "obama-speaking.jpg", "macron-2025.jpg", "ardern-2022.jpg", "sunak.jpg")
# Often enough to see when a result is there, seldom enough not to take the processor from those who make it.
POLLING = Polling(first=0.005, factor=1.0, longest=0.005, timeout=120.0)
# In a burst the waiting counts, not the single result.
GENTLE = Polling(first=0.25, factor=1.0, longest=0.25, timeout=300.0)
UPLOADERS = 8


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=100, help="how many at once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, LocalCloud(Path(folder), ports=Ports.free()) as cloud:
        deployment = Deployment(cloud)
        deployment.bootstrap()
        deployment.deploy()
        outputs = deployment.outputs()
        operator = users.create(cloud, user_pool_id=outputs.user_pool_id)["operator"]
        pool = UserPool(outputs.user_pool_id, outputs.user_pool_client_id, endpoint_url=cloud.endpoint)
        session = sign_in(pool, email=operator.email, password=operator.password)
        with FacesClient(cloud.api_url(outputs.api_id), token=session.access_token, polling=POLLING) as faces:
            runner.register(faces, scenes.PEOPLE, samples=SAMPLES)
            print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
            one_by_one(faces)
            by_one_request(faces)
        with FacesClient(cloud.api_url(outputs.api_id), token=session.access_token, polling=GENTLE) as faces:
            for _ in range(3):  # the first starts the workers that a burst needs
                many(faces, options.photos)


def one_by_one(faces: FacesClient, *, rounds: int = 8) -> None:
    """Time from the begin of the upload until the result was there, photo after photo."""
    wanted = [scenes.Scene(name, scenes.as_is(name)) for name in ONE_FACE]
    list(runner.recognize(faces, wanted, samples=SAMPLES))
    times = []
    for _ in range(rounds):
        for outcome in runner.recognize(faces, wanted, samples=SAMPLES):
            times.append(outcome.ms)
            time.sleep(0.1)
    show("upload to result, one face", times)


def by_one_request(faces: FacesClient, *, rounds: int = 8) -> None:
    """Time of a request that brings the photo and is answered with the result, photo after photo."""
    photos = [(SAMPLES / name).read_bytes() for name in ONE_FACE]
    faces.recognize_now(photos[0])
    times = []
    for photo in photos * rounds:
        started = time.perf_counter()
        faces.recognize_now(photo)
        times.append((time.perf_counter() - started) * 1000)
        time.sleep(0.1)
    show("by one request, one face", times)


def show(what: str, times: list[float]) -> None:
    """Median and 95th percentile of milliseconds."""
    percentiles = statistics.quantiles(times, n=20, method="inclusive")
    print(f"{what}: median {percentiles[9]:.0f} ms, 95th percentile {percentiles[18]:.0f} ms, of {len(times)} photos")


def many(faces: FacesClient, count: int) -> None:
    """Photos a second from the first upload to the last result, by the service's own note of when it was there.

    Client and service share this machine's clock, so that fetching a hundred results does not count as making them.
    """
    photos = [(SAMPLES / ONE_FACE[n % len(ONE_FACE)]).read_bytes() for n in range(count)]
    begun = [faces.begin_recognition(content_type="image/jpeg") for _ in photos]
    started = datetime.now(UTC)
    with ThreadPoolExecutor(UPLOADERS) as pool:
        list(pool.map(lambda pair: faces.upload(pair[0].upload, pair[1]), zip(begun, photos, strict=True)))
    uploaded = datetime.now(UTC)
    results = [faces.wait_for_recognition(one.id) for one in reversed(begun)]
    if any(len(result.faces) != 1 for result in results):
        raise SystemExit("a photo of the burst has no result: the figure would mean nothing")
    seconds = (max(result.completed_at for result in results if result.completed_at) - started).total_seconds()
    print(
        f"{count} photos at once: uploaded in {(uploaded - started).total_seconds():.1f} s, all results after "
        f"{seconds:.1f} s: {count / seconds:.1f} photos a second"
    )


if __name__ == "__main__":
    main()
