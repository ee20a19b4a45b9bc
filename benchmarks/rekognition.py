"""Measure the Rekognition endpoint by itself: how long a search and an indexing take, one call at a time.

python -m benchmarks.rekognition [--rounds 100]

Starts an endpoint of its own on a free port, measures, and leaves nothing behind. Numbers, no verdict.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import boto3

from local import samples
from local.ports import HOST, Ports
from local.processes import Child, environment

PHOTOS = ("obama-2012.jpg", "obama-speaking.jpg", "macron-2025.jpg", "ardern-2022.jpg", "sunak.jpg")
PEOPLE = ("obama-2005.jpg", "macron-2014.jpg", "ardern-2018.jpg", "collins.png")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100, help="calls of each kind")
    rounds = parser.parse_args().rounds
    folder = samples.fetch()
    photos = [(folder / name).read_bytes() for name in PHOTOS]
    people = {name.partition(".")[0]: (folder / name).read_bytes() for name in PEOPLE}
    port = Ports.free().rekognition
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        command = [sys.executable, "-m", "local.rekognition", "--port", str(port), "--data", f"{scratch}/data"]
        endpoint = Child("the endpoint", command, env=environment({}), log=Path(scratch) / "log")
        try:
            endpoint.wait_until_ready(f"http://{HOST}:{port}", seconds=60)
            print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
            measure(f"http://{HOST}:{port}", photos, people, rounds)
        finally:
            endpoint.stop()


def measure(url: str, photos: list[bytes], people: dict[str, bytes], rounds: int) -> None:
    """Register the people, then time searches for the photos and indexing of the photos."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = boto3.client("rekognition", endpoint_url=url, region_name="us-east-1", **keys)
    client.create_collection(CollectionId="bench")
    for user, photo in people.items():
        indexed = client.index_faces(CollectionId="bench", Image={"Bytes": photo}, ExternalImageId=user)
        client.create_user(CollectionId="bench", UserId=user)
        ids = [record["Face"]["FaceId"] for record in indexed["FaceRecords"]]
        client.associate_faces(CollectionId="bench", UserId=user, FaceIds=ids)

    def search(number: int) -> None:
        client.search_users_by_image(CollectionId="bench", Image={"Bytes": photos[number % len(photos)]})

    def index(number: int) -> None:
        image = {"Bytes": photos[number % len(photos)]}
        client.index_faces(CollectionId="bench", Image=image, ExternalImageId=str(number))

    report("SearchUsersByImage", search, rounds)
    report("IndexFaces", index, rounds)
    client.close()


def report(name: str, call: Callable[[int], None], rounds: int) -> None:
    """Time `rounds` calls after a few that warm up."""
    for number in range(-len(PHOTOS), 0):
        call(-number + rounds)
    times = []
    for number in range(rounds):
        started = time.perf_counter()
        call(number)
        times.append(1000 * (time.perf_counter() - started))
    percentiles = statistics.quantiles(times, n=20, method="inclusive")
    print(f"{name}: median {percentiles[9]:.0f} ms, 95th percentile {percentiles[18]:.0f} ms, of {rounds} calls")


if __name__ == "__main__":
    main()
