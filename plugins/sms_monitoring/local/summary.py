"""Prints for people what came of a run of the chain, and where to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sms_monitoring.local.credentials import LOGINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sms_monitoring.local.outcome import Outcome
    from sms_monitoring.local.stack import Stack


# Which part of a message a channel shows first.
HEADLINES = {"slack": "text", "email": "subject", "sms": "Body"}


def console() -> Console:
    """Standard output; wide enough for the tables where it is no terminal."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=140)


def print_outcome(outcome: Outcome, console: Console) -> None:
    """Hours, incidents and the alerts they raised, what each channel received, DAG runs."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(outcome.runs_by_state.items()))
    console.print(f"\n[bold]{outcome.hours_aggregated} hours aggregated[/]; DAG runs: {states or 'none'}\n")

    incidents = Table("incident injected", "alert fired", "severity", "told", title="Alerts", title_justify="left")
    for incident in outcome.incidents:
        alerts = [alert for alert in outcome.fired if alert.alert_type == incident.expected_alert_type]
        for alert in alerts:
            told = f"{alert.channel or 'nobody'}: {alert.status or '-'}"
            incidents.add_row(incident.name, alert.alert_type, alert.severity, told)
        if not alerts:
            incidents.add_row(incident.name, "[red]none[/]", "", "")
    console.print(incidents)

    received = Table("channel", "message", title="\nReceived", title_justify="left")
    for channel, items in outcome.received.items():
        for item in items:
            received.add_row(channel, Text(headline(channel, item["content"]), overflow="ellipsis", no_wrap=True))
    console.print(received)


def headline(channel: str, content: Mapping[str, Any]) -> str:
    """One line for one message, as its channel would show it in a list."""
    if channel == "pagerduty":
        summary = (content.get("payload") or {}).get("summary", content.get("dedup_key", ""))
        return f"{content.get('event_action', '')}: {summary}"
    if channel == "webhook":
        return ", ".join(str(alert.get("title", "")) for alert in (content.get("body") or {}).get("alerts", ()))
    return str(content.get(HEADLINES[channel], "")).strip()


def print_addresses(stack: Stack, console: Console) -> None:
    """Where to look, and how to stop."""
    lines = {
        "Dashboard": f"{stack.dashboard_url}  (also in Airflow's navigation: SMS Monitoring)",
        "Airflow": stack.airflow_url,
        **{
            f"  log in as {user}": f"password {password}  ({LOGINS[user]})"
            for user, password in stack.passwords.items()
        },
        "Slack, PagerDuty …": f"{stack.receivers.url}  (what the local receivers got)",
        "SQL": '. .local/env && psql "$SMS_MONITORING_DB_URI"',
        "Airflow's commands": ". .local/env && airflow dags list",
    }
    console.print()
    for name, value in lines.items():
        console.print(f"{name:24}{value}", markup=False, soft_wrap=True)
    console.print("\nPress Ctrl-C to stop everything.")
