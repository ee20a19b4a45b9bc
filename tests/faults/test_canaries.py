"""What nobody but somebody erased ever had: looked for everywhere a day later."""

import io
import logging
from datetime import timedelta

import pytest

from adapters.table import values
from domain import times
from domain.idempotency import KEPT_FOR
from handlers.telemetry import logger
from tests import figures
from tests.faults.fake_rekognition import picture
from tests.faults.races import Somebody, traces
from tests.faults.scenarios import CONSENT, jpeg
from tests.faults.world import World


@pytest.fixture
def world():
    with World() as world:
        yield world


@pytest.fixture
def logs():
    """All that the handlers log, also what is not logged usually."""
    out = io.StringIO()
    handler, level = logging.StreamHandler(out), logger.log_level
    handler.setFormatter(logger.registered_formatter)  # which has fields that the message has not
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield out
    logger.setLevel(level)
    logging.getLogger(logger.name).removeHandler(handler)


def test_of_somebody_erased_no_trace_is_left(world, logs):
    person = Somebody("", "canary-name", "canary-face")
    body = {"name": person.name, "consent": CONSENT, "externalRef": "canary-reference"}
    status, answer = world.request("POST", "/people", body, key="canary-key")
    assert status == 201
    person.id = answer["id"]
    events = [
        uploaded(world, f"/people/{person.id}/faces", picture(person.face)),
        uploaded(world, f"/people/{person.id}/faces", picture(person.face, beginning=b"another")),
        uploaded(world, f"/people/{person.id}/faces", picture()),
        uploaded(world, f"/people/{person.id}/verifications", picture(person.face)),
        uploaded(world, "/recognitions", picture(person.face)),
        uploaded(world, "/recognitions", jpeg(person.face, "somebody-else")),
    ]
    late = uploaded(world, f"/people/{person.id}/faces", picture(person.face))  # whose event comes when all is over
    for event in events:
        assert world.deliver(event)
    status, _ = world.request("POST", "/recognitions/immediate", photo=jpeg(person.face), handler="immediate")
    assert status == 200
    announce(world, [item for item in world.items() if item["sk"] == "RESULT"])
    assert person.id in repr(world.published)
    assert world.request("GET", f"/people/{person.id}/export")[0] == 200
    assert {"collection", f"item P#{person.id} A"} <= set(traces(world, world.items(), person))
    assert "answered" in logs.getvalue()

    status, answer = world.request("DELETE", f"/people/{person.id}")
    assert status == 202
    world.settle()
    assert world.deliver(late)
    world.settle()
    assert world.request("GET", f"/erasures/{answer['id']}")[1]["status"] == "complete"

    world.published.clear()  # told while they were known; whoever listens has to erase on their own, as is documented
    world.later += KEPT_FOR + timedelta(hours=2)  # an idempotency key stands for an id for a day
    alive = [item for item in world.items() if item.get("ttl", 1e12) > times.now().timestamp()]
    found = traces(world, alive, person)
    found += [f"item {item['pk']}" for item in alive if "canary" in repr(item)]
    found += ["logs"] * any(mark in logs.getvalue() for mark in ("canary", person.id))
    assert found == []
    figures.record("reliability", erasure_traces=len(found))


def uploaded(world, path, content):
    """S3's event about a photo that was asked for and uploaded."""
    status, answer = world.request("POST", path, {"contentType": "image/jpeg"})
    assert status == 201
    return world.upload(answer["upload"]["fields"]["key"], content)


def announce(world, results):
    for item in results:
        keys = values({name: item[name] for name in ("pk", "sk")})
        change = {"Keys": keys, "NewImage": values(item), "SequenceNumber": "1"}
        world.handler("events")({"Records": [{"eventName": "INSERT", "dynamodb": change}]})
