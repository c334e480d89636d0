"""How things stand in one sentence, for someone who was just woken. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sms_monitoring.digest.model import DELIVERY_ALERT, LLM_ALERT
from sms_monitoring.digest.wording import count, percent, plural, short_date
from sms_monitoring.overview import standout
from sms_monitoring.overview.model import Banner, Status
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from datetime import datetime

    from sms_monitoring.overview.model import Freshness, OpenIncident, Situation

DAG = "sms_hourly_monitoring"
NO_ANSWER = Banner(
    status=Status.UNKNOWN,
    headline="The metrics database does not answer.",
    details=("Nothing can be said until it does. Alerts are not evaluated meanwhile, either.",),
)
MOST_DETAILS = 10
QUALITY_ALERT = "data_quality_critical"

_FAILING = {DELIVERY_ALERT: "Delivery is failing", LLM_ALERT: "The LLM is failing"}
_SEVERITIES = ("critical", "warning", "info")


def banner(situation: Situation) -> Banner:
    """Status and sentence: old numbers first, for nothing else can be trusted then; then what is worst.

    Bad data comes before what was found in it, unless an incident about it says so already.
    """
    freshness, incidents = situation.freshness, _worst_first(situation.incidents)
    details = tuple(_detail(each, freshness.now) for each in incidents[:MOST_DETAILS])
    if more := len(incidents) - MOST_DETAILS:
        details += (f"And {more} more.",) if more > 0 else ()
    if freshness.newest_hour is None or freshness.stale:
        status = Status.NO_DATA if freshness.newest_hour is None else Status.STALE
        return Banner(status=status, headline=freshness_message(freshness), details=details)
    late = tuple(_late(each.family, each.newest_hour, freshness.now) for each in freshness.late_families)
    critical = [each for each in incidents if each.severity == "critical"]
    trouble = None if any(each.alert_type == QUALITY_ALERT for each in incidents) else situation.trouble
    if critical:
        headline = _critical(critical, freshness.now)
        return Banner(status=Status.CRITICAL, headline=headline, details=details + _some(trouble) + late)
    if trouble:
        status = Status.CRITICAL if situation.trouble_is_critical else Status.ATTENTION
        return Banner(status=status, headline=trouble, details=details + late)
    if incidents:
        headline = _attention(incidents, freshness.now)
        return Banner(status=Status.ATTENTION, headline=headline, details=details + late)
    if late:
        return Banner(status=Status.ATTENTION, headline=late[0], details=late[1:])
    return _quiet(situation)


def freshness_message(freshness: Freshness) -> str:
    """How old the numbers are, and why, as far as is known."""
    newest, ran = freshness.newest_hour, freshness.aggregated_at
    if newest is None or ran is None:
        why = "it is paused" if freshness.paused else "it has not aggregated an hour so far"
        return f"There are no numbers yet: {DAG} makes them, and {why}."
    if not freshness.stale:
        return f"Numbers go up to {moment(newest + HOUR, freshness.now)}."
    if freshness.paused:
        why = f"{DAG} is paused"
    elif freshness.now - ran < HOUR:
        why = f"{DAG} ran at {moment(ran, freshness.now)} and is still catching up"
    else:
        why = f"{DAG} has not run since {moment(ran, freshness.now)}"
    return f"Numbers are {plural(freshness.hours_behind or 0, 'hour')} old: {why}."


def moment(at: datetime, now: datetime) -> str:
    """``14:00 UTC`` of today; ``Tue 10 Mar, 14:00 UTC`` of any other day."""
    clock = f"{at:%H:%M} UTC"
    return clock if at.date() == now.date() else f"{short_date(at.date())}, {clock}"


def _worst_first(incidents: tuple[OpenIncident, ...]) -> list[OpenIncident]:
    def rank(each: OpenIncident) -> tuple[int, bool, datetime]:
        known = _SEVERITIES.index(each.severity) if each.severity in _SEVERITIES else len(_SEVERITIES)
        # Of equals, what nobody looks after yet; then what began first.
        return known, each.acknowledged_by is not None, each.since

    return sorted(incidents, key=rank)


def _critical(incidents: list[OpenIncident], now: datetime) -> str:
    first, *others = incidents
    more = f", and {plural(len(others), 'more critical alert')} {_are(len(others))} open" if others else ""
    return f"{_what(first)} since {moment(first.since, now)}{more}."


def _attention(incidents: list[OpenIncident], now: datetime) -> str:
    if len(incidents) == 1:
        return f"{_what(incidents[0])} since {moment(incidents[0].since, now)}."
    counts = Counter(each.severity if each.severity == "warning" else "notice" for each in incidents)
    said = [plural(counts[word], word) for word in ("warning", "notice") if counts[word]]
    return f"{' and '.join(said)} {_are(len(incidents))} open."


def _what(incident: OpenIncident) -> str:
    """What is wrong and where: "Delivery is failing at carrier AT&T"."""
    if incident.no_data or incident.alert_type not in _FAILING:
        said = f"{incident.title}: no data" if incident.no_data else incident.title
        return said if incident.entity == "all" else f"{said} ({incident.entity})"
    said = _FAILING[incident.alert_type]
    if incident.entity != "all":
        return f"{said} ({incident.entity})"
    found = standout.find(incident.slices, incident.limit)
    if found is None:
        return said
    noun = found.dimension if len(found.names) == 1 else f"{found.dimension}s"
    where = f"{'at' if found.dimension == 'carrier' else 'in'} {noun} {_and(found.names)}"
    return f"{said} {where}" if found.alone else f"{said}, worst {where},"


def _detail(incident: OpenIncident, now: datetime) -> str:
    held = f" {incident.acknowledged_by} is looking after it." if incident.acknowledged_by else ""
    return f"{incident.severity.capitalize()} since {moment(incident.since, now)}: {incident.message}{held}"


def _some(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)


def _late(family: str, newest_hour: datetime, now: datetime) -> str:
    return f"Numbers of {family} end at {moment(newest_hour + HOUR, now)}, those of others are newer."


def _quiet(situation: Situation) -> Banner:
    if not situation.sent:
        return Banner(status=Status.HEALTHY, headline="All is well: nothing was sent today so far.")
    rate = 100 * situation.delivered / situation.sent
    of_messages = f"of {count(situation.sent)} {'message' if situation.sent == 1 else 'messages'}"
    if situation.rate_is_bad:
        headline = f"No alert is open, but only {percent(rate)} {of_messages} were delivered today."
        return Banner(status=Status.ATTENTION, headline=headline)
    return Banner(status=Status.HEALTHY, headline=f"All is well: {percent(rate)} {of_messages} delivered today.")


def _and(names: tuple[str, ...]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _are(amount: int) -> str:
    return "is" if amount == 1 else "are"
