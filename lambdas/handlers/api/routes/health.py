"""GET /health."""

from typing import Literal

from handlers.api.context import Router
from handlers.api.documented import documented
from handlers.api.schemas.common import Out

router = Router()


class HealthOut(Out):
    """The service answers."""

    status: Literal["ok"] = "ok"


@router.get("/health")
@documented(public=True)
def read_health() -> HealthOut:
    """Whether the API answers. Public; tells nothing else."""
    return HealthOut()
