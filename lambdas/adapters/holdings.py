"""What the table holds about a person: their partition."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters.people_table import consent_entry, person_pk
from adapters.person_faces import stored_face
from adapters.photo_items import RESULT, photo_pk, result_of
from adapters.sightings import sighting
from adapters.table import Item, Table
from domain.export import Held, HeldMention, HeldPhoto, HeldSighting
from domain.pages import Page
from domain.photos import Result


@dataclass(frozen=True)
class HoldingsTable:
    """`domain.export.Holdings` on DynamoDB."""

    table: Table

    def of_person(self, person_id: str, *, limit: int, after: str | None, now: datetime) -> Page[Held]:
        """See `Holdings.of_person`."""
        items, position = self.table.page(person_pk(person_id), limit=limit, after=after)
        alive = [item for item in items if item.get("ttl", now.timestamp() + 1) > now.timestamp()]
        return Page([held for held in map(_held, alive) if held], position)

    def results(self, photo_ids: Iterable[str], *, now: datetime) -> Mapping[str, Result]:
        """See `Holdings.results`."""
        found = self.table.get_many((photo_pk(photo_id), RESULT) for photo_id in photo_ids)
        return {
            pk.removeprefix(photo_pk("")): result_of(item)
            for (pk, _), item in found.items()
            if item["ttl"] > now.timestamp()
        }


def _held(item: Item) -> Held | None:
    """What an item tells; None for those whose contents are told by another one."""
    kind, _, rest = item["sk"].partition("#")
    match kind:
        case "CONSENT" if rest:
            return consent_entry(item)
        case "FACE" if "photoId" in item:  # an erasure notes those that it has found by their id alone
            return stored_face(item)
        case "PHOTO":
            return HeldPhoto(rest, item["key"], item.get("version"))
        case "SEEN":
            return HeldSighting(sighting(item))
        case "MENTION":
            return HeldMention(rest)
        case _:
            return None
