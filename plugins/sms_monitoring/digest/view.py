"""What both parts of the mail print: the digest with every number and time in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring.digest import sections
from sms_monitoring.digest.compare import Better, Change, compare
from sms_monitoring.digest.health import Health, judge
from sms_monitoring.digest.wording import (
    DASH,
    count,
    duration,
    listing,
    long_date,
    percent,
    plural,
    short_date,
    usd,
)
from sms_monitoring.notify.message import WHOLE_SYSTEM
from sms_monitoring.notify.text import cut, one_line
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from datetime import datetime

    from sms_monitoring.digest.model import DigestData, Hour, Incident, Slice

TOP = 8
INCIDENTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceView:
    """One carrier or campaign."""

    name: str
    sent: str
    failed: str
    opt_outs: str
    rate: str
    change: Change | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident. ``lasted`` says how long, ``still_open`` whether it goes on."""

    severity: str
    name: str
    began: str
    lasted: str
    still_open: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A digest in words; the templates only lay it out.

    :param hourly: hour, sent, delivered, failed; :param trend: date, delivery rate, LLM cost: what the charts show.
    :param more_*: how many of a list are left out.
    """

    subject: str
    date: str
    day_note: str
    health: Health
    tiles: list[sections.Line]
    sections: list[sections.Section]
    carriers: list[SliceView]
    more_carriers: int
    campaigns: list[SliceView]
    more_campaigns: int
    incidents: list[IncidentView]
    more_incidents: int
    facts: list[tuple[str, str]]
    notes: list[str]
    hourly: list[tuple[str, str, str, str]]
    trend: list[tuple[str, str, str]]


def view(data: DigestData) -> View:
    """Everything the mail says, in words."""
    health = judge(data)
    carriers, campaigns = ([_slice(each) for each in found] for found in (data.carriers, data.campaigns))
    # What still burns comes first, then the gravest; else as they began.
    ranked = sorted(data.incidents, key=lambda each: (each.resolved_at is not None, each.severity != "critical"))
    incidents = [_incident(each, data) for each in ranked]
    return View(
        subject=_subject(data, health),
        date=long_date(data.day.date),
        day_note=_day_note(data),
        health=health,
        tiles=sections.tiles(data),
        sections=sections.sections(data),
        carriers=carriers[:TOP],
        more_carriers=len(carriers[TOP:]),
        campaigns=campaigns[:TOP],
        more_campaigns=len(campaigns[TOP:]),
        incidents=incidents[:INCIDENTS],
        more_incidents=len(incidents[INCIDENTS:]),
        facts=_facts(data),
        notes=_notes(data),
        hourly=[_hour(each, data) for each in data.hours],
        trend=[
            (short_date(date), percent(period.delivery_rate), usd(period.daily("llm_cost_usd")))
            for date, period in data.trend
        ],
    )


def _subject(data: DigestData, health: Health) -> str:
    rate = data.today.delivery_rate
    said = f", {percent(rate)} delivered" if rate is not None else ""
    return f"SMS digest, {short_date(data.day.date)} {data.day.date.year}: {health.level}{said}"


def _day_note(data: DigestData) -> str:
    hours = len(data.hours)
    change = {23: ", 23 hours: clocks went forward", 25: ", 25 hours: clocks went back"}.get(hours, "")
    return f"Midnight to midnight in {data.day.zone.key}{change}"


def _hour(hour: Hour, data: DigestData) -> tuple[str, str, str, str]:
    label = data.day.label(hour.start)
    if hour.missing:
        return label, DASH, DASH, DASH
    return label, count(hour.sent), count(hour.delivered), count(hour.failed)


def _slice(each: Slice) -> SliceView:
    return SliceView(
        name=cut(one_line(each.name), 48) or "(no name)",
        sent=count(each.sent),
        failed=count(each.failed),
        opt_outs=count(each.opt_outs),
        rate=percent(each.delivery_rate),
        change=compare(each.delivery_rate, each.delivery_rate_before, better=Better.HIGHER, points=True),
    )


def _incident(each: Incident, data: DigestData) -> IncidentView:
    words = each.alert_type.removesuffix("_" + each.severity).replace("_", " ").capitalize().replace("Llm", "LLM")
    return IncidentView(
        severity=each.severity.capitalize(),
        name=cut(one_line(words if each.entity == WHOLE_SYSTEM else f"{words}, {each.entity}"), 80),
        began=_when(each.triggered_at, data),
        lasted=duration((each.resolved_at or data.freshness.read_at) - each.triggered_at),
        still_open=each.resolved_at is None,
        message=cut(one_line(each.message), 300),
    )


def _when(moment: datetime, data: DigestData) -> str:
    """The time of day; with the date where it is another day."""
    local = moment.astimezone(data.day.zone)
    clock = data.day.label(moment)
    return clock if local.date() == data.day.date else f"{short_date(local.date())} {clock}"


def _facts(data: DigestData) -> list[tuple[str, str]]:
    missing, fresh = data.missing_hours, data.freshness
    newest = fresh.newest_hour + HOUR if fresh.newest_hour else None
    facts = [
        (
            "Hours without data",
            f"{listing(data.day.ranges(missing))} ({len(missing)} of {len(data.hours)})"
            if missing
            else f"None of {len(data.hours)}",
        )
    ]
    if missing:
        facts.append(("Of these, usually with data", listing(data.day.ranges(data.lost_hours)) or "None"))
    reach = f"{_when(newest, data)}, {_ago(fresh.read_at - newest)}" if newest else "There is no data yet"
    facts.append(("Data reaches to", reach))
    if fresh.source_read_through:
        facts.append(("Late receipts read up to", _when(fresh.source_read_through, data)))
    if fresh.hours_waiting:
        facts.append(("Waiting to be computed again", plural(fresh.hours_waiting, "hour")))
    return facts


def _ago(age: timedelta) -> str:
    return f"{duration(age)} before this was written" if age >= timedelta(minutes=1) else "just now"


def _notes(data: DigestData) -> list[str]:
    notes = [
        "A delivery counts in the hour its message was sent. Rates compare in percentage points (pts).",
        f"The 7-day average is of the seven days before{_week_gap(data.week.days)}.",
    ]
    if data.today.days and data.today.active_users is None:
        notes.append("The day's users are no longer kept: numbers per user are not known.")
    return notes


def _week_gap(days: int) -> str:
    return "" if days == 7 else "; none of them has data" if not days else f"; {plural(days, 'day')} of them with data"
