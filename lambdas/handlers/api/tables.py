"""Lists that are answered as JSON or as CSV, as the client likes."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from handlers.api.csv_text import Cell, csv_text
from handlers.api.negotiation import CSV, JSON, MediaType, negotiated


class PageOut(Protocol):
    """A page of a list, as JSON."""

    @property
    def next_cursor(self) -> str | None:
        """What leads to the next page, if there is one."""


P = TypeVar("P", bound=PageOut)


def liked(event: APIGatewayProxyEventV2) -> MediaType:
    """JSON or CSV, as the request prefers; to be asked before anything is recorded or done.

    Raises:
        NotAcceptableError: It accepts neither.
    """
    return negotiated(event.headers.get("accept"), (JSON, CSV))


def table(
    kind: MediaType, body: P, rows: Iterable[Sequence[Cell]], *, name: str, event: APIGatewayProxyEventV2
) -> Response[P | str]:
    """A page as `kind`. Where more follow, a `Link` leads there (RFC 8288), relative to the request's own address.

    Args:
        body: The page as JSON.
        rows: The page as a table, header first.
        name: Of the file, without its ending.
    """
    headers: dict[str, str | list[str]] = {"Vary": "Accept"}
    if body.next_cursor:
        query = {**(event.query_string_parameters or {}), "cursor": body.next_cursor}
        headers["Link"] = f'<?{urlencode(query)}>; rel="next"'
    if kind is not CSV:
        return Response(HTTPStatus.OK.value, str(kind), body, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return Response(HTTPStatus.OK.value, str(kind), csv_text(rows), headers=headers)
