"""The entry of recognition at once: a function of its own, for it may do what the API's may not, and takes longer."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.api.routes.immediate import router, wired
from handlers.api.serving import Server
from handlers.wiring.settings import initializing

app = Server(limits=wired, takes_json=False)
app.include_router(router)
if initializing():
    wired()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return app.serve(event, context)
