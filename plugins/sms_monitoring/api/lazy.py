"""An ASGI application that is imported when it is first asked.

Airflow imports its plugins in every task process; only the API server ever calls their applications.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class LazyApp:
    """Stands in for the application that ``factory`` makes.

    :param factory: ``module:function``, called once, without arguments, when the first request arrives.
    """

    def __init__(self, factory: str) -> None:
        self._factory = factory
        self._made: asyncio.Task[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if self._made is None or (self._made.done() and (self._made.cancelled() or self._made.exception())):
            # In a thread: an import of a second must not hold up Airflow's own requests.
            self._made = asyncio.create_task(asyncio.to_thread(self._make))
        app = await asyncio.shield(self._made)
        await app(scope, receive, send)

    def _make(self) -> ASGIApp:
        module, _, function = self._factory.partition(":")
        app: ASGIApp = getattr(import_module(module), function)()
        return app

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._factory}>"
