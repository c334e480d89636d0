"""The numbers of a point in words: for the tooltip, the table and the sentence of a chart alike. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sms_monitoring.digest.wording import DASH, count, milliseconds, percent, plural, usd
from sms_monitoring.series.span import DAY
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    from sms_monitoring.charts.specs import Row

# Of a point, a text.
Column = tuple[str, "Callable[[Row], str]"]


def _field(name: str, words: Callable[[float | None], str]) -> Callable[[Row], str]:
    return lambda point: words(point[name])


def _band(point: Row) -> str:
    return DASH if point["low"] is None else f"{percent(point['low'])} to {percent(point['high'])}"


def _total_cost(point: Row) -> str:
    return DASH if point["llm_cost"] is None else usd(point["llm_cost"] + point["sms_cost"])


_RATE: tuple[Column, ...] = (("95% band", _band),)
_DURATION: tuple[Column, ...] = (
    ("Median", _field("p50", milliseconds)),
    ("95th percentile", _field("p95", milliseconds)),
    ("Measured", _field("sample", count)),
)

COLUMNS: Mapping[str, Sequence[Column]] = {
    "volume": (
        ("Sent", _field("sent", count)),
        ("Delivered", _field("delivered", count)),
        ("Failed", _field("failed", count)),
        ("No receipt yet", _field("unconfirmed", count)),
        ("Scheduled", _field("scheduled", count)),
    ),
    "delivery_rate": (
        ("Delivery rate", _field("rate", percent)),
        *_RATE,
        ("Delivered", _field("delivered", count)),
        ("Sent", _field("sent", count)),
    ),
    "latency": _DURATION,
    "generation_latency": _DURATION,
    "llm": (
        ("LLM success", _field("rate", percent)),
        *_RATE,
        ("Written by the LLM", _field("llm", count)),
        ("Fell back to a template", _field("fallback", count)),
    ),
    "cost": (
        ("LLM", _field("llm_cost", usd)),
        ("SMS", _field("sms_cost", usd)),
        ("Together", _total_cost),
    ),
    "engagement": (
        ("Opt-outs", _field("opt_outs", count)),
        ("Held by quiet hours", _field("quiet_hours_skips", count)),
        ("Daily limit hits", _field("daily_limit_hits", count)),
    ),
}


def texts(columns: Sequence[Column], point: Row) -> dict[str, str]:
    """The numbers of a point by their headings."""
    return {heading: words(point) for heading, words in columns}


def moment(text: str) -> datetime:
    """The time of a point, from its ISO text."""
    return datetime.fromisoformat(text)


def when(point: Row, step: timedelta) -> str:
    """``Sat 21 Nov 2026, 14:00–15:00 UTC``, ``Sat 21 Nov 2026, UTC day``; of a step that is not over "so far"."""
    begin, end = moment(point["at"]), moment(point["until"])
    if step == DAY:
        text = f"{day_of(begin)}, UTC day"
    else:
        # The hour that ends a day is 24:00 to everybody but a clock.
        last = "24:00" if end.hour == 0 else f"{end:%H:%M}"
        text = f"{day_of(begin)}, {begin:%H:%M}–{last} UTC"
    if point["partial"]:
        hours = (end - begin) // HOUR
        text += f" ({plural(hours, 'hour')} of it so far)"
    if point["state"] == "pending":
        text += ", not computed yet"
    elif point["state"] == "missing":
        text += ", no data"
    elif point["hours_missing"]:
        text += f" ({plural(point['hours_missing'], 'hour')} without data)"
    return text


def day_of(time: datetime) -> str:
    """``Sat 21 Nov 2026``."""
    return f"{time:%a} {time.day} {time:%b %Y}"


def period(began: datetime, ended: datetime | None) -> str:
    """From when to when an incident was: ``Sat 21 Nov 2026 14:00 to 16:20 UTC``, ``… until now``."""
    begin = f"{day_of(began)} {began:%H:%M}"
    if ended is None:
        return f"{begin} UTC until now"
    ended = ended.astimezone(UTC)
    same = began.date() == ended.date()
    return f"{begin} to {'' if same else day_of(ended) + ' '}{ended:%H:%M} UTC"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The numbers of a chart as a table: ``columns`` and ``rows`` of texts, the newest first."""
    return {"columns": list(headings), "rows": [list(row) for row in reversed(rows)]}


def sentence(title: str, words: str, newest: tuple[str, Mapping[str, str]] | None, *more: str) -> str:
    """What a chart shows, its newest values, and what else is to be said, in one sentence."""
    says = "no data"
    if newest:
        time, values = newest
        says = f"newest, {time}: " + ", ".join(f"{_lower(heading)} {text}" for heading, text in values.items())
    return "; ".join([f"{title}, {words}: {says}", *(text for text in more if text)]) + "."


def _lower(heading: str) -> str:
    # "Sent", but not "LLM" nor the name of a carrier.
    return heading[:1].lower() + heading[1:] if heading[1:2].islower() else heading
