"""What every schema shares: camelCase outside, unknown fields refused, texts on one line, instants in UTC."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from domain import times


def _one_line(text: str) -> str:
    """Refuse control characters: they have no place in a name, and could forge lines where it is shown."""
    if not text.isprintable():
        raise ValueError("must not hold control characters")
    if text != text.strip():
        raise ValueError("must not begin or end with space")
    return text


Text = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=100)]
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
