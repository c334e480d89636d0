"""The past of the watched product: some days of traffic with an outage in it, aggregated, judged and told of."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_hour, aggregate_range, refresh_views
from sms_monitoring.simulator import Incident, IncidentKind, Scenario, simulate, users_for
from sms_monitoring.timeframe import HOUR, Window, floor_hour

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sms_monitoring.db import Connection

DAYS = 8
MESSAGES_PER_DAY = 3_000
OUTAGE_AGO = timedelta(days=2)
OUTAGE = timedelta(hours=3)


def newest_hour(conn: Connection) -> Window:
    """The newest hour with traffic: the one that had just ended when the history was made."""
    start = floor_hour(one_row(conn, "SELECT max(sent_at) FROM sms_messages")[0])
    return Window(start, start + HOUR)


def make_history(conn: Connection) -> Scenario:
    """Days that end now, with an outage two days ago that fired and was resolved."""
    now = floor_hour(datetime.now(UTC))
    outage = Incident(IncidentKind.DELIVERY_OUTAGE, now - OUTAGE_AGO, now - OUTAGE_AGO + OUTAGE)
    scenario = Scenario(
        seed=7,
        start=now - timedelta(days=DAYS),
        until=now,
        users=users_for(MESSAGES_PER_DAY),
        messages_per_day=MESSAGES_PER_DAY,
        incidents=(outage,),
    )
    simulate(conn, scenario)
    for family in FAMILIES:
        aggregate_range(conn, family, Window(scenario.start, scenario.until))
    refresh_views(conn)
    for hour in Window(outage.start - HOUR, outage.end + 4 * HOUR).hours():
        judge(conn, Window(hour, hour + HOUR), now=hour + HOUR)
    for hour in Window(now - 3 * HOUR, now).hours():
        judge(conn, Window(hour, hour + HOUR), now=hour + HOUR)
    return scenario


def judge(conn: Connection, window: Window, *, now: datetime | None = None) -> None:
    """Evaluate every alert type, as the hourly run does."""
    from sms_monitoring.alerts.evaluate import Evaluator
    from sms_monitoring.operators import alert_operators

    for operator in alert_operators():
        Evaluator(conn=conn, alert=operator.alert, window=window, now=now or datetime.now(UTC)).run()


def deliver(conn: Connection, environment: Mapping[str, str]) -> None:
    """Send what waits in the outbox to the local receivers, as the hourly run does."""
    from sms_monitoring.notify.channels import channel_names
    from sms_monitoring.notify.dispatch import dispatch

    with _connections(environment):
        for channel in channel_names():
            dispatch(conn, channel, worker="e2e")


def fail_newest_hour(conn: Connection) -> None:
    """Most messages of the newest hour fail, and the hourly run notices: aggregate, judge."""
    window = newest_hour(conn)
    conn.execute(
        "UPDATE sms_messages SET status = 'failed', failed_at = sent_at, delivered_at = NULL,"
        " twilio_error_code = 30003, updated_at = now()"
        " WHERE sent_at >= %s AND sent_at < %s AND hashtext(id::text) %% 4 <> 0",
        (window.start, window.end),
    )
    run_newest_hour(conn)


def mend_newest_hour(conn: Connection) -> None:
    """The failed messages of the newest hour were delivered after all, and the hourly run notices."""
    window = newest_hour(conn)
    conn.execute(
        "UPDATE sms_messages SET status = 'delivered', delivered_at = sent_at + interval '5 seconds', failed_at = NULL,"
        " updated_at = now() WHERE failed_at >= %s AND sent_at < %s",
        (window.start, window.end),
    )
    run_newest_hour(conn)


def run_newest_hour(conn: Connection) -> None:
    """What ``sms_hourly_monitoring`` does for the newest hour, but for delivery."""
    window = newest_hour(conn)
    for family in FAMILIES:
        aggregate_hour(conn, family, window)
    refresh_views(conn)
    judge(conn, window)


def one_row(conn: Connection, query: str, *args: object) -> tuple:
    """The first row of a query that has one."""
    row = conn.execute(query.encode(), args).fetchone()
    assert row is not None
    return row


@contextmanager
def _connections(environment: Mapping[str, str]) -> Iterator[None]:
    """Airflow's connections and variables of the running server, in this process."""
    names = [name for name in environment if name.startswith(("AIRFLOW_CONN_", "AIRFLOW_VAR_"))]
    names += [name for name in ("NO_PROXY", "no_proxy") if name in environment]
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: environment[name] for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
