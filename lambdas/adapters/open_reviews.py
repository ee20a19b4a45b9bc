"""The work list, for whoever wants to know how long it takes until somebody looks at it."""

from dataclasses import dataclass
from datetime import datetime

from adapters.photo_items import IN_REVIEW
from adapters.table import Table
from domain import times


@dataclass(frozen=True)
class OpenReviewsTable:
    """`domain.reviews.OpenReviews` on DynamoDB."""

    table: Table

    def oldest(self, now: datetime) -> datetime | None:
        """See `OpenReviews.oldest`; the index may still name what is decided, or past its time."""
        for pk, sk in self.table.walk_index(IN_REVIEW, before=times.to_text(now)):
            item = self.table.get(pk, sk)
            if item and item["ttl"] > now.timestamp():
                return times.from_text(item["gsi1sk"].partition("#")[0])
        return None
