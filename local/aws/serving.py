"""Serve ministack with uvicorn on uvloop in place of Hypercorn on asyncio.

Hypercorn parses HTTP in Python, which takes about a fifth of the processor time of the local AWS.
"""

import asyncio
from typing import Any

import hypercorn.asyncio
import uvicorn
import uvloop

# Of idle connections, as ministack sets it for Hypercorn.
KEEP_ALIVE_SECONDS = 75
# Given to requests under way when a signal asks to stop; then ministack saves its state.
GRACE_SECONDS = 2


def install() -> None:
    """Make ministack's `main` use it."""
    hypercorn.asyncio.serve = serve
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


async def serve(app: Any, config: hypercorn.Config) -> None:
    """Serve `app` where `config` says until SIGINT or SIGTERM."""
    host, _, port = config.bind[0].rpartition(":")
    server = uvicorn.Config(
        app,
        host=host,
        port=int(port),
        http="httptools",
        ws="none",
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        date_header=False,  # ministack writes its own
        server_header=False,
    )
    await uvicorn.Server(server).serve()
