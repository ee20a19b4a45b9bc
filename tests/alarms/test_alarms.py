"""Each alarm rings on the fault that it is for, and on nothing else; and none does where nothing is wrong.

A fault is injected into a site that has been well for an hour; the alarms are those of prod's template, evaluated on
the metrics that follow. `tests.alarms.site` says which of these are the functions' own and which are AWS's.
"""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.erasures import Erasure, Reason
from domain.errors import ServiceBusyError
from domain.faces import Match
from handlers import erasures, photos, reconciliation
from tests import figures
from tests.alarms.site import CAMERA, HANDLERS, Site, old_person_id

FAULTS: dict[str, tuple[Callable[[Site], None], set[str]]] = {}
ERASURE = "era_01JDZ6V8K2M3N4P5Q6R7S8T9VC"
ADMIN = {"groups": "[admin]", "sub": "admin-1"}


def fault(*alarms):
    """A fault and the alarms that it has ring: these and no others."""

    def declare(inject):
        FAULTS[inject.__name__] = inject, set(alarms)
        return inject

    return declare


def busy(*_, **__):
    raise ServiceBusyError


def broken(*_, **__):
    raise RuntimeError("a bug")


# -- faults -----------------------------------------------------------------------------------------------------------


@fault("PhotosDeadLetters", "Failures")
def a_photo_that_crashes_its_function_every_time(site):
    site.cloud.gallery.search = broken
    site.photo()
    site.advance(minutes=36, step=6)  # for so long SQS hides what somebody has received
    site.advance(minutes=5)


@fault("ErasuresDeadLetters", "Failures")
def an_erasure_that_crashes_its_function_every_time(site):
    site.cloud.gallery.remove_person = broken
    site.request("DELETE", f"/people/{site.cloud.person().id}", **ADMIN)
    site.advance(minutes=20, step=2)


@fault("EventsWaiting", "AnnouncerErrors", "EventsDeadLetters")
def an_event_bus_that_takes_nothing_for_six_hours(site):
    site.bus.publish = busy
    site.photo()
    site.advance(minutes=1)
    began = site.now
    site.advance(minutes=90, step=5, each=lambda: site.announce(began))
    site.advance(minutes=270, step=30, each=lambda: site.announce(began))
    site.note_dead_events()
    site.advance(minutes=5)


@fault("PhotosWaiting")
def photos_that_nobody_works_on(site):
    site.polled.remove("photos")
    site.photo()
    site.advance(minutes=40)


@fault("ErasuresWaiting")
def erasures_that_nobody_works_on(site):
    site.polled.remove("erasures")
    site.request("DELETE", f"/people/{site.cloud.person().id}", **ADMIN)
    site.advance(minutes=120, step=5)


@fault("PhotosErrors")
def a_photo_function_that_cannot_start(site):
    site.monkeypatch.setattr(photos, "wired", broken)
    site.invoke("Photos", site.s3_event("uploads/recognition/x"))  # straight from S3
    site.advance(minutes=10)


@fault("EraserErrors")
def an_eraser_that_cannot_look_after_erasures(site):
    site.monkeypatch.setattr(erasures, "wired", broken)
    site.advance(minutes=30, step=5)


@fault("ReconcilerErrors")
def a_reconciliation_that_crashes(site):
    site.monkeypatch.setattr(reconciliation, "wired", broken)
    site.advance(minutes=23 * 60, step=60)
    site.advance(minutes=30, step=5)


@fault("RequestsErrors")
def an_api_that_crashes(site):
    site.invoke("Requests", {})
    site.advance(minutes=10)


@fault("ImmediateErrors")
def a_recognition_at_once_that_crashes(site):
    site.invoke("Immediate", {})
    site.advance(minutes=10)


@fault(*(f"{function}Throttles" for function in HANDLERS))
def an_account_without_concurrency(site):
    """Each function is called now and then for a while; AWS turns it away."""
    site.throttled.update(HANDLERS)

    def each():
        for function in HANDLERS:
            site.invoke(function, {})

    site.advance(minutes=14, step=3, each=each)


@fault("Failures")
def a_bug_in_one_request(site):
    site.monkeypatch.setattr("handlers.api.routes.photos.request_recognition", broken)
    site.request("POST", "/recognitions", {"contentType": "image/jpeg"}, **CAMERA)
    site.advance(minutes=10)


@fault("ApiErrors")
def a_table_that_is_too_busy_for_requests(site):
    site.monkeypatch.setattr("handlers.api.routes.photos.request_recognition", busy)
    for _ in range(5):
        site.request("POST", "/recognitions", {"contentType": "image/jpeg"}, **CAMERA)
    site.advance(minutes=10)


@fault("PhotosThrottled")
def a_rekognition_that_throttles_everything(site):
    site.cloud.gallery.search = busy
    site.advance(minutes=24, step=2, each=site.photo)


@fault("PhotosStuck")
def one_photo_that_is_always_turned_away(site):
    search, stuck = site.cloud.gallery.search, site.photo()

    def refuse_one(image, **options):
        if not isinstance(image, bytes) and image.id == stuck:
            raise ServiceBusyError
        return search(image, **options)

    site.cloud.gallery.search = refuse_one
    site.ordinary(minutes=20, step=2)
    site.ordinary(minutes=100, step=10)


@fault("ErasuresOverdue")
def an_erasure_that_is_put_off_for_more_than_a_day(site):
    site.cloud.gallery.remove_person = busy
    asked = Erasure(ERASURE, site.cloud.person().id, Reason.REQUESTED, site.now - timedelta(hours=25))
    site.cloud.erasures.records.begin(asked)
    site.advance(minutes=75, step=5)


@fault("ReconciliationStopped")
def people_in_the_collection_that_are_nobody(site):
    site.cloud.gallery.people.add(old_person_id(site.now))
    site.advance(minutes=48 * 60, step=60)


@fault("FacesMissing")
def a_face_on_record_that_somebody_deleted_from_the_collection(site):
    person = site.cloud.person()
    site.cloud.gallery.people.add(person.id)
    site.cloud.table.put({"pk": f"P#{person.id}", "sk": "FACE#gone"}, condition="attribute_not_exists(pk)")
    site.advance(minutes=72 * 60, step=60)


@fault("ErasureScheduleSilent", "ReconciliationScheduleSilent")
def schedules_that_somebody_switched_off(site):
    site.scheduled = False
    site.advance(minutes=96 * 60, step=60)


@fault("ReviewsWaiting")
def a_photo_that_no_human_looks_at(site):
    site.cloud.gallery.photo_matches = (Match(site.cloud.person().id, 85),)
    site.photo()
    site.advance(minutes=26 * 60, step=60)


@fault("BudgetNearlySpent")
def a_month_that_was_dearer_than_planned(site):
    used = {"pk": f"USAGE#{site.now:%Y-%m}", "sk": "recognition#x", "photos": 40_000, "search": 40_000}
    site.cloud.table.put(used, condition="attribute_not_exists(pk)")
    site.advance(minutes=1)
    site.photo()
    site.advance(minutes=70, step=10)


# -- the proof --------------------------------------------------------------------------------------------------------


class Proof:
    def __init__(self, alarms):
        self.alarms, self.rang, self.silent, self.tried = alarms, set(), set(), set()


@pytest.fixture(scope="module")
def proof(definitions):
    """Which alarms rang on their fault, and which did not where nothing was wrong; the figures, where all was tried."""
    proof = Proof(set(definitions[0]))
    yield proof
    if proof.tried == {None, *FAULTS}:
        figures.record("reliability", alarms=len(proof.alarms), alarms_proven=len(proof.rang & proof.silent))


def test_two_ordinary_days_ring_no_alarm(site, proof):
    proof.tried.add(None)
    person = site.cloud.person()
    registration = site.cloud.registration(person)
    site.cloud.sqs.send_message(QueueUrl=site.urls["photos"], MessageBody=json.dumps(site.s3_event(registration.key)))
    site.cloud.gallery.photo_matches = (Match(person.id, 99.9),)
    site.ordinary(minutes=6 * 60, step=60)
    site.advance(minutes=18 * 60, step=30)
    site.request("DELETE", f"/people/{person.id}", **ADMIN)
    site.cloud.gallery.photo_matches = ()
    site.ordinary(minutes=60)
    site.advance(minutes=23 * 60, step=30)
    assert site.told == set()
    assert site.cloud.people.get(person.id) is None
    proof.silent |= set(site.alarms)


@pytest.mark.parametrize("name", FAULTS)
def test_an_alarm_rings_on_its_fault_and_no_other_does(site, proof, name):
    proof.tried.add(name)
    inject, expected = FAULTS[name]
    assert site.told == set()
    inject(site)
    assert site.told == expected
    proof.rang |= site.told


def test_there_is_a_fault_for_every_alarm(definitions):
    assert set().union(*(expected for _, expected in FAULTS.values())) == set(definitions[0])
