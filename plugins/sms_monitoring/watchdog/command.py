"""``python -m sms_monitoring watchdog``: one pass without Airflow, for a cron of another machine.

The database is ``SMS_MONITORING_DB_URI``; the channels are read from ``AIRFLOW_CONN_SMS_MONITORING_…`` (and the mail's
recipients from ``AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO``) where Airflow's own database cannot be read from there.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sms_monitoring import db
from sms_monitoring.watchdog.run import WatchReport, page_directly, watch
from sms_monitoring.watchdog.session import CONNECT_SECONDS
from sms_monitoring.watchdog.trouble import command_hangs

if TYPE_CHECKING:
    from sms_monitoring.db import Connection

# Twice what a pass may take, and less than the ten minutes between two: nobody else ends a cron's command.
DEADLINE_SECONDS = 8 * 60.0
# So that a network that swallows everything is an error within half a minute.
IMPATIENCE = {
    "connect_timeout": CONNECT_SECONDS,
    "tcp_user_timeout": 30_000,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def run_command() -> int:
    """Make a pass and print what it found; returns 1 when something is wrong that nobody could be told of.

    After :data:`DEADLINE_SECONDS` it pages and ends the process with exit code 1.

    :raises RuntimeError: when SMS_MONITORING_DB_URI is not set: that is no outage to page for.
    """
    if not os.environ.get("SMS_MONITORING_DB_URI"):
        raise RuntimeError("no database: set SMS_MONITORING_DB_URI (`make db` prints one; see .local/env)")
    deadline = threading.Timer(DEADLINE_SECONDS, _give_up)
    deadline.daemon = True
    deadline.start()
    try:
        report = watch(_connect)
    finally:
        deadline.cancel()
    print("\n".join(lines(report)))
    return 1 if report.untold else 0


def _connect() -> Connection:
    """What the URI itself says of time-outs goes first."""
    given = conninfo_to_dict(os.environ["SMS_MONITORING_DB_URI"])
    return db.connect(make_conninfo("", **{**IMPATIENCE, **given}))


def _give_up() -> None:
    """Page, and end the process whatever it hangs in."""
    try:
        page = page_directly(command_hangs())
        print(f"{page.event} of {page.subject}: told {page.channel or 'NOBODY'}", flush=True)
    finally:
        os._exit(1)


def lines(report: WatchReport) -> list[str]:
    """The report as people read it: each alert type in a line, what is not well below it, and what was said."""
    found: list[str] = []
    for alert_type, outcomes in report.outcomes.items():
        states = sorted({str(outcome.state) for outcome in outcomes}) or ["disabled"]
        found.append(f"{alert_type:22} {', '.join(states)}")
        found += [f"  {outcome}" for outcome in outcomes if outcome.state != "ok"]
    if report.not_asked:
        found.append(f"Airflow was not asked: {report.not_asked}")
    for trouble in report.troubles:
        found.append(f"{trouble.title}: {trouble.summary}")
        found += [f"  {label}: {value}" for label, value in trouble.facts]
    said = [f"{count} in {channel}" for channel, count in report.sent.items() if count]
    found.append(f"delivered: {', '.join(said) or 'nothing'}")
    found += [f"{page.event} of {page.subject}: told {page.channel or 'NOBODY'}" for page in report.pages]
    return found
