"""Broken, odd and malicious images, on the real path: each is read or refused, and nothing else happens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from adapters.photo_items import RESULT, photo_pk, result_of
from domain import ids, times
from domain.photos import Photo, Purpose, Status
from local.processes import ROOT, environment
from tests import figures
from tests.endpoint.pictures import group
from tests.faults.hostile import files
from tests.faults.photos import Expected, Task
from tests.faults.site import Site

MOST_MIB = 400  # of the photo processor
MOST_SECONDS = 60  # which the function has
REFUSALS = {"unsupported_image", "image_too_large", "image_too_small"}


@pytest.fixture
def site(cloud):
    return Site.make(cloud, visibility_seconds=30, max_receive_count=5)


@pytest.fixture
def processor(site, tmp_path):
    """A process of its own, whose memory nobody else uses."""
    env = environment({**site.settings(site.cloud.endpoint), "PYTHONPATH": os.pathsep.join(["lambdas", "."])})
    with (
        (tmp_path / "worker.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.one_worker"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as worker,
    ):
        yield worker
        worker.stdin.close()


def test_hostile_images_are_read_or_refused_and_nothing_else(cloud, site, processor, samples, chance):
    endpoint = cloud.children["the face recognition endpoint"]
    photos, crashes, odd, accepted = {}, [], [], 0
    for name, content in files(group([samples["obama-2012"], samples["ardern-2022"]], width=200), chance):
        photo = Photo(
            ids.new_id(ids.Kind.RECOGNITION, times.now()), "somebody", Purpose.RECOGNITION, "image/jpeg", times.now()
        )
        [event] = Task(photo, [(content, Expected())]).upload(site)
        processor.stdin.write(json.dumps(event) + "\n")
        processor.stdin.flush()
        line = processor.stdout.readline()
        assert line, f"{name}: the processor is gone"
        told = photos[name] = json.loads(line)
        if told["failure"]:
            crashes.append(f"{name}: {told['failure']}")
            continue
        item = site.table.get(photo_pk(photo.id), RESULT)
        result = result_of(item) if item else None
        if result and result.status is Status.SUCCEEDED:
            accepted += 1
        elif result is None or result.status is not Status.REJECTED or result.problem.code not in REFUSALS:
            odd.append(f"{name}: {result}")
    assert crashes == [], "\n".join(crashes)
    assert odd == [], "\n".join(odd)
    assert len(photos) >= 300
    assert 50 < accepted < len(photos) - 50
    assert max(told["seconds"] for told in photos.values()) < MOST_SECONDS
    assert max(told["mib"] for told in photos.values()) <= MOST_MIB
    assert httpx.get(cloud.rekognition_endpoint).status_code == 200
    assert cloud.children["the face recognition endpoint"] == endpoint
    cloud.check()
    assert peak_mib(endpoint) < 2 * MOST_MIB
    figures.record("reliability", hostile_images=len(photos), hostile_crashes=len(crashes))


def peak_mib(pid):
    """The most memory that a process has had at once; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)
