"""Joins the photo processor with AWS. Made once a cold start."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.pace import Pace
from adapters.people_table import PeopleTable
from adapters.photo_bucket import PhotoBucket
from adapters.photo_commits import PhotoCommitsTable
from adapters.rekognition import RekognitionGallery
from adapters.s3_events import arrivals
from adapters.table import Table
from adapters.upload_queue import UploadQueue
from domain import times
from domain.decisions import DecisionPolicy
from domain.processing import Arrival, Processor
from handlers.wiring.clients import client
from handlers.wiring.settings import read


@dataclass(frozen=True)
class PhotosSettings:
    """Settings of the photo processor.

    Attributes:
        match_threshold: Percent; see `DecisionPolicy`.
        review_threshold: Percent; see `DecisionPolicy`.
        max_faces: Most faces searched on one photo.
        calls_per_second: Rekognition calls of each operation that one worker may make a second.
        result_days: How long results are kept.
        lease_seconds: How long a claim holds: longer than the function may run. An event that comes again before it
            ends is put off until then.
    """

    table_name: str
    bucket_name: str
    collection_id: str
    queue_url: str
    match_threshold: float
    review_threshold: float
    max_faces: int
    calls_per_second: float
    result_days: int
    lease_seconds: int


@dataclass(frozen=True)
class Photos:
    """What the photo processor works on."""

    processor: Processor
    bucket_name: str

    def arrivals(self, event: Mapping[str, Any]) -> Iterator[Arrival | None]:
        """The photos of an event; see `adapters.s3_events.arrivals`."""
        return arrivals(event, bucket=self.bucket_name)


def wired() -> Photos:
    """The photo processor of this environment."""
    settings = read(PhotosSettings)
    table = Table(client("dynamodb"), settings.table_name)
    objects = PhotoBucket(client("s3"), settings.bucket_name)
    records = PhotoCommitsTable(table, timedelta(days=settings.result_days))
    processor = Processor(
        people=PeopleTable(table),
        records=records,
        known=records,
        objects=objects,
        gallery=RekognitionGallery(
            client("rekognition"), settings.collection_id, objects, Pace(settings.calls_per_second)
        ),
        postponer=UploadQueue(client("sqs"), settings.queue_url, settings.bucket_name),
        policy=DecisionPolicy(settings.match_threshold, settings.review_threshold),
        max_faces=settings.max_faces,
        lease=timedelta(seconds=settings.lease_seconds),
        clock=times.now,
    )
    return Photos(processor, settings.bucket_name)
