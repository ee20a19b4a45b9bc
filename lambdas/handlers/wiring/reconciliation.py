"""Joins the reconciliation with AWS. Made once a cold start."""

from dataclasses import dataclass

from adapters.pace import Pace
from adapters.reconciliation_table import ProgressTable, RegistryTable
from adapters.rekognition_collection import RekognitionCollection
from adapters.table import Table
from domain import times
from domain.reconciliation import Reconciler
from handlers.wiring.clients import client
from handlers.wiring.settings import read


@dataclass(frozen=True)
class ReconciliationSettings:
    """Settings of the reconciliation.

    Attributes:
        calls_per_second: Rekognition calls of each operation that it may make a second.
        deletes: Whether it deletes what stands for nobody; otherwise it only counts.
    """

    table_name: str
    collection_id: str
    calls_per_second: float
    deletes: bool


def wired() -> Reconciler:
    """The reconciliation of this environment."""
    settings = read(ReconciliationSettings)
    table = Table(client("dynamodb"), settings.table_name)
    return Reconciler(
        collection=RekognitionCollection(
            client("rekognition"), settings.collection_id, Pace(settings.calls_per_second)
        ),
        registry=RegistryTable(table),
        progress=ProgressTable(table, times.now),
        deletes=settings.deletes,
        clock=times.now,
    )
