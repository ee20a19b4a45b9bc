"""Joins the API's handlers with what they work on. Made once a cold start."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from adapters.audit_table import AuditTable
from adapters.cursor_key import cursor_key
from adapters.erasure_queue import ErasureMessages
from adapters.erasures_table import ErasuresTable
from adapters.holdings import HoldingsTable
from adapters.idempotency_table import ReservationsTable
from adapters.people_table import PeopleTable
from adapters.person_faces import PersonFacesTable
from adapters.photo_links import PresignedGets
from adapters.photo_register import PhotoRegisterTable
from adapters.photo_removal import PhotoRemovalTable
from adapters.photo_versions import PhotoVersions
from adapters.rates_table import RatesTable
from adapters.recognition_lists import RecognitionListsTable
from adapters.rekognition_removal import RekognitionRemoval
from adapters.review_commits import ReviewCommitsTable
from adapters.sightings import SightingsTable
from adapters.table import Table
from adapters.time_zones import time_zone
from adapters.upload_signer import PresignedPosts
from adapters.usage_table import UsageTable
from domain import times
from domain.erasures import ErasureQueue, Erasures
from domain.pages import CursorSealer
from domain.prices import PRICES
from domain.usage import MonthlyBudget
from handlers.telemetry import budget_spent, correlate
from handlers.wiring.clients import PROMPT, client, signing_client
from handlers.wiring.settings import read


@dataclass(frozen=True)
class ApiSettings:
    """Settings of the API's function.

    Attributes:
        collection_id: The registered faces.
        names_for_users: Show plain users who was recognized, not only that somebody was.
        self_registration: Plain users may register themselves.
        posts_per_minute: Most requests of one user in a minute that make something.
        audit_days: How long the audit is kept.
        result_days: How long results are kept.
        monthly_budget_dollars: What Rekognition's calls may cost in a month before new photos are refused.
        erasure_queue_url: Where erasures wait for their worker.
    """

    table_name: str
    bucket_name: str
    collection_id: str
    names_for_users: bool
    self_registration: bool
    posts_per_minute: int
    audit_days: int
    result_days: int
    monthly_budget_dollars: float
    erasure_queue_url: str


@dataclass(frozen=True)
class _Correlated:
    """`domain.erasures.ErasureQueue`; the request's log lines name the erasure that it begins, as the worker's do."""

    queue: ErasureQueue

    def send(self, erasure_id: str, *, delay: timedelta = timedelta()) -> None:
        """See `ErasureQueue.send`."""
        correlate(erasure_id)
        self.queue.send(erasure_id, delay=delay)


class Api:
    """What the API works on."""

    def __init__(self, settings: ApiSettings) -> None:
        self._collection_id = settings.collection_id
        self.names_for_users = settings.names_for_users
        self.self_registration = settings.self_registration
        self.posts_per_minute = settings.posts_per_minute
        self._table = Table(client("dynamodb", **PROMPT), settings.table_name)
        self.audit = AuditTable(self._table, timedelta(days=settings.audit_days))
        self.usage = UsageTable(self._table)
        self.budget = MonthlyBudget(
            settings.monthly_budget_dollars, counters=self.usage, prices=PRICES, watch=budget_spent
        )
        self.people = PeopleTable(self._table)
        self.faces = PersonFacesTable(self._table)
        self.holdings = HoldingsTable(self._table)
        self.reservations = ReservationsTable(self._table)
        self.rates = RatesTable(self._table)
        self.photos = PhotoRegisterTable(self._table)
        self.lists = RecognitionListsTable(self._table)
        self.sightings = SightingsTable(self._table)
        self.time_zone = time_zone
        self.reviews = ReviewCommitsTable(self._table)
        self.removal = PhotoRemovalTable(self._table)
        self.result_life = timedelta(days=settings.result_days)
        s3 = signing_client(**PROMPT)
        self.signer = PresignedPosts(s3, settings.bucket_name)
        self.links = PresignedGets(s3, settings.bucket_name)
        self.versions = PhotoVersions(s3, settings.bucket_name)
        queue = ErasureMessages(client("sqs", **PROMPT), settings.erasure_queue_url)
        self.erasures = Erasures(ErasuresTable(self._table), _Correlated(queue), times.now)

    @cached_property
    def vectors(self) -> RekognitionRemoval:
        """Made when the first face is removed: a client more would lengthen every cold start."""
        return RekognitionRemoval(client("rekognition", **PROMPT), self._collection_id)

    @cached_property
    def cursors(self) -> CursorSealer:
        """Read at the first list only."""
        return CursorSealer(cursor_key(self._table))


def wired() -> Api:
    """The API of this environment."""
    return Api(read(ApiSettings))
