"""Joins the recognition at once with AWS. Made once a cold start."""

from dataclasses import dataclass
from datetime import timedelta

from adapters.audit_table import AuditTable
from adapters.idempotency_table import ReservationsTable
from adapters.image_header import require_readable
from adapters.pace import Pace
from adapters.people_table import PeopleTable
from adapters.photo_bucket import PhotoBucket
from adapters.photo_commits import PhotoCommitsTable
from adapters.photo_register import PhotoRegisterTable
from adapters.rates_table import RatesTable
from adapters.rekognition import RekognitionGallery
from adapters.table import Table
from adapters.usage_table import UsageTable
from domain import times
from domain.decisions import DecisionPolicy
from domain.immediate import NotPutOff
from domain.prices import PRICES
from domain.processing import Processor
from domain.usage import MonthlyBudget
from handlers.telemetry import budget_spent
from handlers.wiring.clients import PROMPT, client
from handlers.wiring.settings import read

SEARCH_SECONDS = 10  # that one try of a search may take


@dataclass(frozen=True)
class ImmediateSettings:
    """Settings of the function that recognizes at once; each as in `ApiSettings` or `PhotosSettings`."""

    table_name: str
    bucket_name: str
    collection_id: str
    match_threshold: float
    review_threshold: float
    max_faces: int
    calls_per_second: float
    result_days: int
    names_for_users: bool
    posts_per_minute: int
    monthly_budget_dollars: float
    audit_days: int
    lease_seconds: int


class Immediate:
    """What the recognition at once works on."""

    def __init__(self, settings: ImmediateSettings) -> None:
        self.names_for_users = settings.names_for_users
        self.posts_per_minute = settings.posts_per_minute
        table = Table(client("dynamodb", **PROMPT), settings.table_name)
        records = PhotoCommitsTable(table, timedelta(days=settings.result_days))
        self.audit = AuditTable(table, timedelta(days=settings.audit_days))
        self.people = PeopleTable(table)
        self.photos = PhotoRegisterTable(table)
        self.rates = RatesTable(table)
        self.reservations = ReservationsTable(table)
        self.budget = MonthlyBudget(
            settings.monthly_budget_dollars, counters=UsageTable(table), prices=PRICES, watch=budget_spent
        )
        self.store = PhotoBucket(client("s3", **PROMPT), settings.bucket_name)
        self.check_image = require_readable
        self.processor = Processor(
            people=self.people,
            records=records,
            known=records,
            objects=self.store,
            gallery=RekognitionGallery(
                client("rekognition", read_timeout=SEARCH_SECONDS),
                settings.collection_id,
                self.store,
                Pace(settings.calls_per_second),
            ),
            postponer=NotPutOff(),
            policy=DecisionPolicy(settings.match_threshold, settings.review_threshold),
            max_faces=settings.max_faces,
            lease=timedelta(seconds=settings.lease_seconds),
            clock=times.now,
        )


def wired() -> Immediate:
    """The recognition at once of this environment."""
    return Immediate(read(ImmediateSettings))
