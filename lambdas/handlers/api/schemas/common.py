"""What every schema shares: camelCase outside, unknown fields refused, texts on one line, instants in UTC."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from domain import times

_JOINERS = {0x200C: None, 0x200D: None}  # of letters: Persian and Indian names are written with them


def _one_line(text: str) -> str:
    """Refuse control characters: they have no place in a name, and could forge lines where it is shown."""
    seen = text.translate(_JOINERS)
    if not seen or not seen.isprintable():
        raise ValueError("must not hold control characters")
    if text != text.strip():
        raise ValueError("must not begin or end with space")
    return text


def _calendar_day(text: Any) -> Any:
    """Refuse what pydantic would take for a day too: a number, which it counts in seconds from 1970."""
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("must be a day, as in 2026-11-24")
    return text


def _date_and_time(text: Any) -> Any:
    """Refuse what pydantic would take for a time too: numbers, as such or as text, and a day alone."""
    if isinstance(text, datetime):
        return text
    if not (isinstance(text, str) and re.match(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}", text, re.ASCII)):
        raise ValueError("must be a time, as in 2026-11-24T08:00:00Z")
    return text


def _as_kept(instant: datetime) -> datetime:
    """In UTC and cut to milliseconds; refuse what lies outside of the calendar then."""
    try:
        return times.from_text(times.to_text(instant))
    except OverflowError:
        raise ValueError("must be a time between the years 1 and 9999, in UTC") from None


Text = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=100)]
Day = Annotated[date, BeforeValidator(_calendar_day)]
GivenTime = Annotated[AwareDatetime, BeforeValidator(_date_and_time), AfterValidator(_as_kept)]
Instant = Annotated[
    datetime,
    PlainSerializer(times.to_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
ContentType = Literal["image/jpeg", "image/png"]


class In(BaseModel):
    """Something that the API takes. A body gives examples: `model_config = example(...)`."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


def example(**body: Any) -> ConfigDict:
    """Settings of a body with an example for the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [body]})


class Out(BaseModel):
    """Something that the API gives."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)
