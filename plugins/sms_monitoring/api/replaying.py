"""Runs replays for the API: few at a time, each on a connection of its own, none for ever."""

from __future__ import annotations

import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from psycopg.errors import QueryCanceled

from sms_monitoring.alerts.store import ThresholdMissingError
from sms_monitoring.api import alert_types, database
from sms_monitoring.api.errors import ApiError
from sms_monitoring.replay.request import read_history
from sms_monitoring.replay.service import replay_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sms_monitoring.db import Connection
    from sms_monitoring.replay.model import ReplayResult

AT_ONCE = 2
# Of a whole replay, and of one of its statements.
LONGEST_SECONDS = 120.0
SETTINGS = "SET application_name = 'sms_monitoring_api_replay'; SET statement_timeout = '30s'; SET lock_timeout = '5s'"
RETRY_AFTER_SECONDS = 10

_places = threading.BoundedSemaphore(AT_ONCE)


class TooLongError(Exception):
    """A replay took longer than it may."""


def run(alert_type: str, changes: dict[str, Any], start: datetime | None, end: datetime | None) -> ReplayResult:
    """Replay a threshold; nothing live is changed.

    :raises ReplayError: for what cannot be replayed.
    :raises ApiError: 404 for an alert type without a threshold; 503 when too many run, or when it takes too long.
    """
    if alert_type not in alert_types.watched():
        raise ApiError(404, f"No alert type {alert_type} is evaluated.", parameter="alert_type")
    with _place(), closing(database.connect(SETTINGS)) as conn:
        try:
            return replay_request(
                conn,
                alert_types.watched().values(),
                alert_type=alert_type,
                changes=changes,
                start=_from_first_hour(conn, alert_type, start, end).isoformat() if start else None,
                end=end.isoformat() if end else None,
                now=datetime.now(UTC),
                progress=_deadline(LONGEST_SECONDS),
            )
        except ThresholdMissingError as error:
            raise ApiError(404, f"There is no threshold of {alert_type}.", parameter="alert_type") from error
        except (TooLongError, QueryCanceled) as error:
            raise ApiError(
                503,
                f"The replay took longer than {LONGEST_SECONDS:.0f} s. Ask for a shorter range, or run the DAG"
                " sms_replay_threshold, which may take its time.",
            ) from error


def _from_first_hour(conn: Connection, alert_type: str, start: datetime, end: datetime | None) -> datetime:
    """Before the first known hour there is nothing to judge, and "in 90 days" would be said of two weeks."""
    first = read_history(conn, alert_types.watched()[alert_type]).first_hour
    if first is None or (end is not None and end <= first):
        return start
    return max(start, first)


@contextmanager
def _place() -> Iterator[None]:
    """One of the few places; whoever finds none comes back later rather than waits."""
    if not _places.acquire(blocking=False):
        raise ApiError(
            503,
            f"{AT_ONCE} replays are running already. Try again in a moment.",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )
    try:
        yield
    finally:
        _places.release()


def _deadline(seconds: float) -> Callable[[int, int], None]:
    ends = time.monotonic() + seconds

    def check(_done: int, _total: int) -> None:
        if time.monotonic() > ends:
            raise TooLongError

    return check
