"""The HTTP API's entry: the routes together."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.api.context import wired
from handlers.api.routes import (
    audit,
    erasures,
    export,
    faces,
    health,
    me,
    people,
    photos,
    recognitions,
    sightings,
    usage,
)
from handlers.api.serving import Server
from handlers.wiring.settings import initializing

app = Server(limits=wired)
for routes in (audit, erasures, export, faces, health, me, people, photos, recognitions, sightings, usage):
    app.include_router(routes.router)
if initializing():
    wired()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return app.serve(event, context)
