"""New alerts and the newest hour, as they come: server-sent events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse

from sms_monitoring.api import database
from sms_monitoring.api.access import Reader
from sms_monitoring.api.errors import documented
from sms_monitoring.api.live import position
from sms_monitoring.api.live.hub import Hub
from sms_monitoring.api.live.read import read

if TYPE_CHECKING:
    from sms_monitoring.api.live.changes import Reading

router = APIRouter(tags=["live"])


def _read(since: int | None) -> Reading:
    with database.connection() as conn:
        return read(conn, since)


hub = Hub(_read)

STREAM = {
    "description": "Server-sent events",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


@router.get("/stream", response_class=StreamingResponse, responses={200: STREAM, **documented(401, 403, 422, 429, 503)})
async def stream(user: Reader, last_event_id: Annotated[str | None, Header()] = None) -> StreamingResponse:
    """What changes, as it changes; for a browser's `EventSource`, which connects again by itself and misses nothing.

    - `incident` {id, alert_type, entity, severity, change: opened, acknowledged, resolved or changed}
    - `hour` {newest_hour, view_refreshed_at}: there are new numbers
    - `quality` {checked_at}: the data was checked
    - `threshold` {alert_type}: the threshold was edited, or what the alert watches is in another state
    - `silence` {id}: a silence or mute window was made, ended or reviewed
    - `problem` {database: away or back, message}
    - `resync` {}: too much happened, or too long ago, to be told; read everything again

    Each is told at least once. A stream ends after ten minutes at most, and the next one goes on where it stopped.
    """
    hub.admit(user.get_name())
    since = position.decode(last_event_id) if last_event_id else None
    is_lost = bool(last_event_id) and since is None
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(hub.listen(user.get_name(), since, is_lost=is_lost), headers=headers)
