"""An export as an answer over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anyio
from fastapi.responses import StreamingResponse

from sms_monitoring.api.export.run import MAX_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Message, Receive, Scope, Send

    from sms_monitoring.api.export.run import Export

# No ASGI message: neither type nor body. An exception alone is not enough: Starlette's BaseHTTPMiddleware, which
# Airflow has around it all, first ends the answer in good order and only then raises it, so that the beginning of a
# file looks like all of it. What cannot be sent on, it cannot end in good order; the server closes the connection.
NO_MESSAGE: Message = {"type": "sms_monitoring.export.broken_off", "body": ..., "more_body": True}


class ExportResponse(StreamingResponse):
    """Streams an export and closes it, however it ends.

    An error on the way breaks the connection off, so that nobody takes the beginning of a file for all of it.
    """

    def __init__(self, export: Export, filename: str) -> None:
        self._export = export
        headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
        super().__init__(self._chunks(), media_type="text/csv; charset=utf-8", headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream it."""
        too_late = asyncio.create_task(self._close_later())
        try:
            await super().__call__(scope, receive, send)
        finally:
            too_late.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.to_thread(self._export.close)

    async def stream_response(self, send: Send) -> None:
        """Send it; what goes wrong on the way is made to go wrong in every layer up to the server."""
        try:
            await super().stream_response(send)
        except Exception:
            await send({**NO_MESSAGE})
            raise

    async def _chunks(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self._export.read):
            yield chunk

    async def _close_later(self) -> None:
        await asyncio.sleep(MAX_SECONDS)
        await asyncio.to_thread(self._export.close)
