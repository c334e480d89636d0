"""From what is asked for to the result: check, propose, replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sms_monitoring.replay.proposal import propose
from sms_monitoring.replay.request import choose_range, find_alert, merge_changes, read_history
from sms_monitoring.replay.run import replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sms_monitoring.alerts.model import AlertType
    from sms_monitoring.db import Connection
    from sms_monitoring.replay.model import ReplayResult


def replay_request(
    conn: Connection,
    alerts: Iterable[AlertType],
    *,
    alert_type: str,
    threshold_value: Any = None,
    changes: Any = None,
    start: str | None = None,
    end: str | None = None,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> ReplayResult:
    """Replay what a form or a command line asks for; see :mod:`.request` and :mod:`.proposal` for what is refused.

    :param conn: an autocommit connection with no transaction open.
    :raises ReplayError: when it cannot be replayed, before anything runs; says what was wrong and what to do.
    :raises ThresholdMissingError: when the alert type has no threshold.
    """
    alert = find_alert(alert_type, alerts)
    wanted = merge_changes(threshold_value, changes)
    window = choose_range(start, end, read_history(conn, alert), now)
    proposed = propose(conn, alert.name, wanted)
    return replay(conn, alert, proposed, window, changes=wanted, progress=progress)
