"""Joins the erasures' worker with AWS. Made once a cold start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.erasure_queue import ErasureMessages, erasure_id_of
from adapters.erasures_table import ErasuresTable
from adapters.open_reviews import OpenReviewsTable
from adapters.pace import Pace
from adapters.person_data import PersonDataTable
from adapters.photo_versions import PhotoVersions
from adapters.rekognition_vectors import RekognitionVectors
from adapters.table import Table
from domain import times
from domain.erasing import Eraser, Retention
from domain.erasures import Erasures
from domain.reviews import OpenReviews
from handlers.wiring.clients import client
from handlers.wiring.settings import read


@dataclass(frozen=True)
class ErasuresSettings:
    """Settings of the erasures' worker.

    Attributes:
        calls_per_second: Rekognition calls of each operation that one worker may make a second.
        photo_days: Days after which photos of others expire.
        backup_days: Days back to which the table can be restored; 0 if it cannot.
    """

    table_name: str
    bucket_name: str
    collection_id: str
    erasure_queue_url: str
    calls_per_second: float
    photo_days: int
    backup_days: int


@dataclass(frozen=True)
class Wired:
    """What the worker works on."""

    eraser: Eraser
    erasures: Erasures
    reviews: OpenReviews

    def erasure_id(self, message: Mapping[str, Any]) -> str:
        """The erasure that a message is about; see `adapters.erasure_queue.erasure_id_of`."""
        return erasure_id_of(message)


def wired() -> Wired:
    """The worker of this environment."""
    settings = read(ErasuresSettings)
    table = Table(client("dynamodb"), settings.table_name)
    queue = ErasureMessages(client("sqs"), settings.erasure_queue_url)
    eraser = Eraser(
        data=PersonDataTable(table),
        vectors=RekognitionVectors(client("rekognition"), settings.collection_id, Pace(settings.calls_per_second)),
        objects=PhotoVersions(client("s3"), settings.bucket_name),
        queue=queue,
        retention=Retention(timedelta(days=settings.photo_days), timedelta(days=settings.backup_days)),
        clock=times.now,
    )
    return Wired(eraser, Erasures(ErasuresTable(table), queue, times.now), OpenReviewsTable(table))
