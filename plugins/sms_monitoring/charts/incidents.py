"""Which incidents and faulty hours belong on which chart, and what is said of them there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sms_monitoring.charts.columns import period

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sms_monitoring.charts.specs import Row

# The first words of an alert type → the series that it is about. Any other is about all.
_ABOUT = (
    ("llm_cost", {"cost"}),
    ("llm_", {"llm", "generation_latency"}),
    ("delivery_", {"volume", "delivery_rate", "latency"}),
    ("opt_out_", {"engagement"}),
    ("quiet_hours_", {"engagement"}),
    ("daily_limit_", {"engagement"}),
)
_LONGEST_TITLE = 80
_MOST_TITLES = 5


def shown(incidents: Sequence[Row], series: str, value: str, now: datetime) -> list[dict[str, Any]]:
    """The incidents to shade on the chart of ``series``, as :class:`.timeline.Timeline` takes them.

    :param incidents: ``alert_type``, ``entity``, ``severity``, ``message``, ``began``, ``ended`` (None: still open).
    :param value: the carrier or campaign that the chart is of; '' for all. Incidents of another are left out.
    """
    return [
        {
            "began": row["began"],
            "ended": row["ended"] or now,
            "severity": row["severity"],
            "title": title(row),
            "when": period(row["began"], row["ended"]),
        }
        for row in incidents
        if _concerns(row["alert_type"], series) and (not value or row["entity"] in ("all", value))
    ]


def faulty(bad_hours: Sequence[Row]) -> list[dict[str, Any]]:
    """Times whose numbers failed their checks, to shade like incidents: what is drawn there may not be so.

    :param bad_hours: ``began`` and ``ended``.
    """
    return [
        {
            "began": row["began"],
            "ended": row["ended"],
            "severity": "info",
            "title": "These numbers failed their checks",
            "when": period(row["began"], row["ended"]),
        }
        for row in bad_hours
    ]


def title(incident: Row) -> str:
    """What is wrong, in a few words: its message up to the numbers."""
    words = str(incident["message"]).partition(": ")[0].strip()
    # A deployment's own message may be of any form.
    return words if 0 < len(words) <= _LONGEST_TITLE else str(incident["alert_type"]).replace("_", " ").capitalize()


def during(incidents: Sequence[Row], begin: datetime, end: datetime) -> str:
    """The titles of those that are open in a step, where there are many of some; empty: none."""
    titles = list(dict.fromkeys(each["title"] for each in incidents if each["began"] < end and each["ended"] > begin))
    more = len(titles) - _MOST_TITLES
    return ", ".join(titles[:_MOST_TITLES]) + (f" and {more} more" if more > 0 else "")


def _concerns(alert_type: str, series: str) -> bool:
    return next((series in about for prefix, about in _ABOUT if alert_type.startswith(prefix)), True)
