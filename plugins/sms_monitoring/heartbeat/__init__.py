"""The dead man's switch: a sign of life to a service outside, which speaks up when the signs stop.

Nothing in here can tell of a dead scheduler, database or machine; only their silence can.
"""

from sms_monitoring.heartbeat.conventions import Signal
from sms_monitoring.heartbeat.send import (
    CONNECTIONS,
    HOURLY,
    WATCHDOG,
    HeartbeatError,
    NoHeartbeatError,
    beat,
    report_failed_run,
)

__all__ = [
    "CONNECTIONS",
    "HOURLY",
    "WATCHDOG",
    "HeartbeatError",
    "NoHeartbeatError",
    "Signal",
    "beat",
    "report_failed_run",
]
