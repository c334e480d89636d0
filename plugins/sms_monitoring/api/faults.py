"""The answer to what nobody thought of."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sms_monitoring import sentry
from sms_monitoring.api.errors import FAULT, answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class Faults:
    """Answers 500 to what nothing else handled. Inside the other middlewares, so that this answer is like any other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except Exception as error:
            # Half an answer cannot be taken back: the server breaks off the connection.
            if begun or scope["type"] != "http":
                raise
            log.error("%s %s", scope["method"], scope["path"], exc_info=error)
            # The route, not the path: a path may name a person.
            sentry.report(error, method=scope["method"], route=str(getattr(scope.get("route"), "path", "unknown")))
            await answer(500, FAULT)(scope, receive, send)
