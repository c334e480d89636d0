"""The result of a replay as a table in plain text, for a log, a terminal and a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring.alerts.compose import number
from sms_monitoring.alerts.model import ALL, Verdict
from sms_monitoring.digest.texttable import columns, rule, wrapped
from sms_monitoring.digest.wording import DASH, duration, plural
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from decimal import Decimal

    from sms_monitoring.replay.model import Match, Outcome, ReplayResult

# Lines of a list that are shown; the row of sms_threshold_replays holds all.
MOST_LINES = 40
LONGEST_NAME = 30
LEFT_OUT = (
    "Silences, mute windows, inhibition and what people did are left out. Firings are counted from the stored data as"
    " they are now, which late data may have changed since; times are UTC."
)


def headline(result: ReplayResult) -> str:
    """The answer in one sentence."""
    firings, before = len(result.proposed.firings), len(result.current.firings)
    instead = "as now" if firings == before else f"instead of {before}"
    messages = plural(result.proposed.message_count, "message")
    return f"Fires {plural(firings, 'time')}, {instead}; {_catches(result)}; {messages}."


def _catches(result: ReplayResult) -> str:
    known, caught = len(result.incidents), len(result.proposed.comparison.caught)
    if not known:
        return "no incident is known"
    if caught == known:
        which = {1: "the one known incident", 2: "both known incidents"}
        return f"catches {which.get(known, f'all {known} known incidents')}"
    return f"catches {caught or 'none'} of {plural(known, 'known incident')}"


def report(result: ReplayResult, most_lines: int = MOST_LINES) -> str:
    """The whole result: what was asked, both thresholds side by side, the firings, what is missed."""
    parts = [
        "\n".join(wrapped(line) for line in (f"Replay of {result.alert.name}: {result.alert.title}", *asked(result))),
        wrapped(headline(result)),
        columns([("", "now", "proposed"), *totals(result)], "<>>"),
        *_section("Firings of the proposed threshold", firing_table(result), "<<>>", most_lines),
        *_section("Known incidents that it misses", missed_table(result), "", most_lines),
        wrapped(LEFT_OUT),
    ]
    return "\n\n".join(parts) + "\n"


def condition(outcome: Outcome, unit: str) -> str:
    """When a threshold is past: "< 90 %"."""
    threshold = outcome.threshold
    return f"{threshold.comparison_operator} {number(threshold.threshold_value, unit)}"


def lead_words(lead: timedelta | None) -> str:
    """How much earlier or later than an incident a firing began."""
    if lead is None:
        return ""
    hours = round(lead / HOUR)
    if hours == 0:
        return "same hour"
    return f"{abs(hours)} h {'earlier' if hours > 0 else 'later'}"


def moment(when: datetime) -> str:
    """A UTC time, to the minute."""
    return f"{when:%Y-%m-%d %H:%M}"


def totals(result: ReplayResult) -> list[tuple[str, str, str]]:
    """The rows of the comparison: what, of the threshold now, of the proposed one."""
    both = (result.current, result.proposed)

    def line(what: str, *cells: object) -> tuple[str, str, str]:
        now, proposed = map(str, cells)
        return what, now, proposed

    events = sorted({key for outcome in both for key in outcome.messages})
    known = len(result.incidents)
    lines = [
        line("Condition", *(condition(outcome, result.alert.unit) for outcome in both)),
        line("Times fired", *(len(outcome.firings) for outcome in both)),
    ]
    if any(outcome.untold for outcome in both):
        lines.append(line("  held back by the cooldown throughout", *(outcome.untold for outcome in both)))
    lines += [
        line("Time firing", *(_length(outcome.firing_time) for outcome in both)),
        line("  longest", *(_length(outcome.longest) for outcome in both)),
        line("Known incidents caught", *(f"{len(outcome.comparison.caught)} of {known}" for outcome in both)),
        line("  missed", *(len(outcome.comparison.missed) for outcome in both)),
        line("Firings without a known incident", *(len(outcome.comparison.new) for outcome in both)),
        line("Messages", *(outcome.message_count for outcome in both)),
        *(
            line(f"  {channel}: {event}", *(outcome.messages.get((channel, event), 0) for outcome in both))
            for channel, event in events
        ),
        line("Hours judged", *(outcome.hours[Verdict.OK] + outcome.hours[Verdict.BREACH] for outcome in both)),
        line("  in breach", *(outcome.hours[Verdict.BREACH] for outcome in both)),
        line("Hours with too small a sample", *(outcome.hours[Verdict.INSUFFICIENT_DATA] for outcome in both)),
        line("Hours without data", *(outcome.hours[Verdict.NO_DATA] for outcome in both)),
    ]
    if any(outcome.hours[Verdict.ERROR] for outcome in both):
        lines.append(line("Hours whose query failed", *(outcome.hours[Verdict.ERROR] for outcome in both)))
    return lines


def changed(result: ReplayResult) -> list[str]:
    """What is proposed, a text a column: "pending_evaluations = 2"."""
    return [f"{column} = {_value(value)}" for column, value in result.changes.items()]


def _value(value: object) -> str:
    return "null" if value is None else str(value)


def asked(result: ReplayResult) -> list[str]:
    """What was asked for, and what a reader must know about it."""
    lines = [
        f"{result.window} ({plural(len(result.window.hours()), 'hour')})",
        f"Proposed: {', '.join(changed(result)) or 'the threshold as it is now'}",
    ]
    if not result.current.threshold.enabled:
        lines.append("The alert is disabled now, and says nothing.")
    if result.first_hour is not None:
        lines.append(f"There is no history before {moment(result.first_hour)} UTC.")
    return lines


def firing_table(result: ReplayResult) -> list[tuple[str, ...]]:
    """What the proposed threshold fires for, under a row of headings; only the headings where it never does."""
    comparison = result.proposed.comparison
    rows = []
    for firing in result.proposed.firings:
        caught = [match for match in comparison.caught if match.firing == firing]
        told = "" if firing.told else ", not told"
        before = " (before)" if firing.began <= result.window.start else ""
        rows.append(
            (
                moment(firing.began) + before,
                _lasted(firing.began, firing.ended) + told,
                _worst(firing.worst, result),
                DASH if firing.sample_size is None else f"{firing.sample_size:,}",
                "none" if firing in comparison.new else _fits(caught),
                firing.entity,
            )
        )
    return _table(("began", "lasted", "worst", "sample", "known incident", "entity"), rows, result)


def missed_table(result: ReplayResult) -> list[tuple[str, ...]]:
    """The known incidents that the proposed threshold would have missed, under a row of headings."""
    incidents = [match.incident for match in result.proposed.comparison.missed]
    rows = [
        (
            moment(incident.triggered_at),
            _lasted(incident.triggered_at, incident.resolved_at),
            (incident.resolved_by or DASH)[:LONGEST_NAME],
            incident.entity,
        )
        for incident in incidents
    ]
    return _table(("began", "lasted", "ended by", "entity"), rows, result)


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], result: ReplayResult) -> list[tuple[str, ...]]:
    # Where there is only the whole system, a column that says so says nothing.
    width = len(headings) if result.entities != (ALL,) else len(headings) - 1
    return [each[:width] for each in (headings, *rows)]


def _lasted(began: datetime, ended: datetime | None) -> str:
    return "still open" if ended is None else duration(ended - began)


def _fits(matches: Sequence[Match]) -> str:
    """What a firing did for the known incidents."""
    if not matches:
        return "same again"  # an earlier firing had caught it
    more = f", and {len(matches) - 1} more" if len(matches) > 1 else ""
    return lead_words(matches[0].lead) + more


def _section(title: str, table: Sequence[tuple[str, ...]], alignment: str, most_lines: int) -> list[str]:
    headings, *rows = table
    if not rows:
        return []
    more = f"\nand {len(rows) - most_lines} more" if len(rows) > most_lines else ""
    return [f"{rule(title)}\n{columns([headings, *rows[:most_lines]], alignment)}{more}"]


def _worst(worst: Decimal | None, result: ReplayResult) -> str:
    return "no data" if worst is None else number(worst, result.alert.unit)


def _length(length: timedelta) -> str:
    """In hours, so that a column of them compares at a glance."""
    return f"{round(length / HOUR):,} h"
