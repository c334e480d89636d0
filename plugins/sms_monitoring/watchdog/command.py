"""``python -m sms_monitoring watchdog``: one pass without Airflow, for a cron of another machine.

The database is ``SMS_MONITORING_DB_URI``; the channels are read from ``AIRFLOW_CONN_SMS_MONITORING_…`` (and the mail's
recipients from ``AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO``) where Airflow's own database cannot be read from there.
"""

from __future__ import annotations

import os

from sms_monitoring import db
from sms_monitoring.watchdog.run import WatchReport, watch


def run_command() -> int:
    """Make a pass and print what it found; returns 1 when something is wrong that nobody could be told of.

    :raises RuntimeError: when SMS_MONITORING_DB_URI is not set: that is no outage to page for.
    """
    if not os.environ.get("SMS_MONITORING_DB_URI"):
        raise RuntimeError("no database: set SMS_MONITORING_DB_URI (`make db` prints one; see .local/env)")
    report = watch(db.connect)
    print("\n".join(lines(report)))
    return 1 if report.untold else 0


def lines(report: WatchReport) -> list[str]:
    """The report as people read it: each alert type in a line, what is not well below it, and what was said."""
    found: list[str] = []
    for alert_type, outcomes in report.outcomes.items():
        states = sorted({str(outcome.state) for outcome in outcomes}) or ["disabled"]
        found.append(f"{alert_type:22} {', '.join(states)}")
        found += [f"  {outcome}" for outcome in outcomes if outcome.state != "ok"]
    for trouble in report.troubles:
        found.append(f"{trouble.title}: {trouble.summary}")
        found += [f"  {label}: {value}" for label, value in trouble.facts]
    said = [f"{count} in {channel}" for channel, count in report.sent.items() if count]
    found.append(f"delivered: {', '.join(said) or 'nothing'}")
    found += [f"{page.event} of {page.subject}: told {page.channel or 'NOBODY'}" for page in report.pages]
    return found
