"""Parameters that several routes take."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from handlers.api.schemas.common import GivenTime

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        examples=["5b1e6bd2-6c0f-4b8f-9f4e-3f1f0a6d3c11"],
        description="Send the same key when you send the same request again: within a day nothing is made twice.",
    ),
]
Cursor = Annotated[
    str | None,
    Query(max_length=2000, description="`nextCursor` of the page before, with the same parameters; none: the first."),
]
Since = Annotated[
    GivenTime | None, Query(alias="from", description="From this time on. Default: as long as results are kept.")
]
Before = Annotated[GivenTime | None, Query(alias="to", description="Before this time. Default: now.")]


def page_size(most: int) -> Query:
    """The parameter `limit` of a list whose pages hold so many items."""
    return Query(ge=1, le=most, description="Items on a page, at most.")
