"""The day in one word and a few sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sms_monitoring.alerts.judge import COMPARISONS
from sms_monitoring.digest.model import DELIVERY_ALERT, LLM_ALERT
from sms_monitoring.digest.sections import GENERATED
from sms_monitoring.digest.wording import count, listing, percent, plural

if TYPE_CHECKING:
    from sms_monitoring.digest.model import DigestData, Threshold


class Level(StrEnum):
    """How the day went, as the reader is told it."""

    HEALTHY = "Healthy"
    ATTENTION = "Needs attention"
    CRITICAL = "Critical"
    OUTAGE = "Critical: no traffic"
    NO_TRAFFIC = "No traffic"


@dataclass(frozen=True, slots=True)
class Health:
    """The word, what happened in a sentence, and what is behind the word where it is not "Healthy"."""

    level: Level
    headline: str
    reasons: tuple[str, ...]


def judge(data: DigestData) -> Health:
    """Health of a day: critical where a rate passed its alert threshold, a critical incident was open, or
    there was no traffic though there usually is; needs attention where there was any other incident, or
    data is missing."""
    critical, attention = _rates(data)
    worst, others = _incidents(data)
    critical, attention = critical + worst, attention + others + _gaps(data)
    if not data.has_traffic:
        headline = "The tables show no message of this day. Was the product silent, or has aggregation stopped?"
        usual = data.week.daily("sent_count")
        missed = [f"On the days before, {count(usual)} messages a day were sent."] if usual else []
        # That hours are missing says nothing more.
        return Health(Level.OUTAGE if usual else Level.NO_TRAFFIC, headline, tuple(missed + worst + others))
    level = Level.CRITICAL if critical else Level.ATTENTION if attention else Level.HEALTHY
    return Health(level, _headline(data), tuple(critical + attention))


def _headline(data: DigestData) -> str:
    sent = data.today.total("sent_count")
    if not sent:
        return f"{plural(int(data.today.total('scheduled_count')), 'message')} scheduled, none sent."
    incidents = plural(len(data.incidents), "incident") if data.incidents else "no incidents"
    messages = "1 message" if sent == 1 else f"{count(sent)} messages"
    return f"{percent(data.today.delivery_rate)} of {messages} delivered, {incidents}."


def _rates(data: DigestData) -> tuple[list[str], list[str]]:
    critical, attention = [], []
    watched = (
        (DELIVERY_ALERT, "delivery rate", data.today.delivery_rate, data.today.total("sent_count")),
        (
            LLM_ALERT,
            "share of template fallbacks",
            data.today.percent("template_fallback_count", *GENERATED),
            data.today.total(*GENERATED),
        ),
    )
    for alert_type, name, rate, sample in watched:
        threshold = data.thresholds.get(alert_type)
        if threshold is None or rate is None or not _past(threshold, rate):
            continue
        side = "below" if threshold.operator.startswith("<") else "above"
        said = f"The day's {name} of {percent(rate)} lies {side} the alert threshold of {percent(threshold.value)}"
        if sample >= threshold.minimum_sample:
            critical.append(said + ".")
        else:
            attention.append(f"{said}, but {plural(int(sample), 'message')} are too few to judge by.")
    return critical, attention


def _past(threshold: Threshold, rate: float) -> bool:
    return COMPARISONS[threshold.operator](rate, threshold.value)


def _incidents(data: DigestData) -> tuple[list[str], list[str]]:
    said: dict[bool, list[str]] = {True: [], False: []}
    for is_critical, word in ((True, "critical incident"), (False, "other incident")):
        found = [each for each in data.incidents if (each.severity == "critical") == is_critical]
        still_open = sum(each.resolved_at is None for each in found)
        if found:
            if len(found) == 1:
                state = "still open" if still_open else "resolved"
            else:
                state = f"{still_open} still open" if still_open else "all resolved"
            said[is_critical].append(f"{plural(len(found), word)}, {state}.")
    return said[True], said[False]


def _gaps(data: DigestData) -> list[str]:
    said = []
    if lost := data.lost_hours:
        named = listing(data.day.ranges(lost), 6)
        said.append(f"{plural(len(lost), 'hour')} without data where there usually is some: {named}.")
    if waiting := data.freshness.hours_waiting:
        said.append(f"{plural(waiting, 'hour')} of the day will be computed again: the numbers may still change.")
    return said
