"""Joins the announcer with AWS. Made once a cold start."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.audit_table import AuditTable
from adapters.event_bridge import EventBridgeBus
from adapters.table import Table
from adapters.table_stream import endings
from domain.audit import AuditWriter
from domain.endings import Ending, EventBus
from handlers.wiring.clients import client
from handlers.wiring.settings import read


@dataclass(frozen=True)
class EventsSettings:
    """Settings of the announcer.

    Attributes:
        audit_days: How long the audit is kept.
    """

    table_name: str
    event_bus_name: str
    audit_days: int


@dataclass(frozen=True)
class Announcer:
    """What the announcer works on."""

    trail: AuditWriter
    bus: EventBus

    def endings(self, event: Mapping[str, Any]) -> Iterator[tuple[str, Ending]]:
        """The endings of an event; see `adapters.table_stream.endings`."""
        return endings(event)


def wired() -> Announcer:
    """The announcer of this environment."""
    settings = read(EventsSettings)
    trail = AuditTable(Table(client("dynamodb"), settings.table_name), timedelta(days=settings.audit_days))
    return Announcer(trail, EventBridgeBus(client("events"), settings.event_bus_name))
