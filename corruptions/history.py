"""A clean history: 90 simulated days with an incident or two, aggregated, judged, and told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_range, refresh_views
from sms_monitoring.alerts.evaluate import Evaluator
from sms_monitoring.migrations import migrate
from sms_monitoring.notify.channels.base import Delivered
from sms_monitoring.notify.dispatch import dispatch
from sms_monitoring.notify.outbox import channels_due
from sms_monitoring.operators import alert_operators
from sms_monitoring.retention.pipeline import make_partitions_ahead
from sms_monitoring.simulator import Incident, IncidentKind, Scenario, bench_scenario, simulate
from sms_monitoring.sources import install_preset
from sms_monitoring.sqlfiles import read_sql
from sms_monitoring.timeframe import HOUR, Window, floor_hour

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sms_monitoring.db import Connection
    from sms_monitoring.notify.channels.base import Result
    from sms_monitoring.notify.message import Message

# How much of it the alerts judged, hour by hour.
JUDGED = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When a history is.

    :param window: its hours.
    :param now: when it is looked at: some minutes after its last hour.
    """

    window: Window
    now: datetime

    @classmethod
    def until_now(cls, days: int) -> Span:
        """The last ``days`` up to the newest complete hour: what is stamped with the real time fits to it."""
        now = datetime.now(UTC)
        return cls(window=Window(floor_hour(now) - timedelta(days=days), floor_hour(now)), now=now)

    def newest_hours(self, count: int) -> list[Window]:
        """The newest ``count`` hours, each as a window, oldest first."""
        return [Window(hour, hour + HOUR) for hour in self.window.hours()[-count:]]


class Listener:
    """A channel whose far side takes everything."""

    seconds_between_messages = 0.0
    group_size = 1

    def send(self, messages: Sequence[Message]) -> Result:
        """Taken."""
        return Delivered()


def make(uri: str, span: Span, messages_per_day: int, tell: Callable[[str], None]) -> None:
    """Fill the empty database at ``uri`` with what that time leaves behind.

    :param tell: is told of each step.
    """
    migrate(lambda: db.connect(uri))
    with db.connect(uri) as conn:
        conn.execute("SET synchronous_commit = off")
        conn.execute(read_sql("products/buildos.sql").encode())
        install_preset(conn, "buildos")
        tell("simulating")
        simulate(conn, _scenario(span.window, messages_per_day))
        tell("aggregating")
        for family in FAMILIES:
            aggregate_range(conn, family, span.window)
        refresh_views(conn)
        tell("judging")
        _judge(conn, span)
        make_partitions_ahead(conn, span.now.date())
        conn.execute("VACUUM ANALYZE")


def _scenario(window: Window, messages_per_day: int) -> Scenario:
    days = (window.end - window.start).days
    scenario = bench_scenario(messages_per_day * days, days, until=window.end)
    # Incidents of the product are no faults of its data: nothing may be found of them.
    return replace(
        scenario,
        incidents=(
            Incident(IncidentKind.DELIVERY_OUTAGE, window.end - 60 * HOUR, window.end - 52 * HOUR),
            Incident(IncidentKind.LLM_FAILURE, window.end - 8 * HOUR, window.end),
        ),
    )


def _judge(conn: Connection, span: Span) -> None:
    """What the hourly runs of the last days did from evaluation on."""
    alerts = [operator.alert for operator in alert_operators()]
    for hour in span.newest_hours(round(JUDGED / HOUR)):
        for alert in alerts:
            Evaluator(conn=conn, alert=alert, window=hour, now=hour.end + timedelta(minutes=3)).run()
        for channel in channels_due(conn):
            dispatch(conn, channel, "history", load=lambda _: Listener())
