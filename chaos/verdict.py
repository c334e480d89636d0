"""What a run's evidence comes to: what was lost, what was said twice and why, what came in the wrong order. Pure.

An answer is *received* when a dispatcher got it and lived to mark the row as delivered. Whoever is killed between
the answer and the mark leaves a row of which nobody knows that it was delivered: that window cannot be closed, and
what is sent again because of it counts as unanswered, like what the far side took without answering in time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from sms_monitoring.notify.retry import MAX_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chaos.evidence import Evidence, OutboxRow

MUST_BE_ZERO = ("lost", "duplicate_pagerduty", "duplicate_answered", "claimed_twice", "out_of_order", "crashed")
BEGINNINGS = ("trigger", "escalate")
# Answers in 4xx that ask to try again later; of SMTP, all 4xx do.
_LATER = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run comes to.

    :param counts: by the names of the campaign's figures.
    :param faults: one sentence for each thing that must not be.
    """

    counts: Counter[str]
    faults: tuple[str, ...]


@dataclass(slots=True)
class _Send:
    """One send, of one or several rows, as far as its dispatcher wrote it down."""

    life: int
    rows: list[int]
    began: float
    ended: float = inf
    delivered: bool = False
    settled: set[int] = field(default_factory=set)
    """Rows that the dispatcher lived to mark as delivered after this send."""


def judge(evidence: Evidence) -> Verdict:
    """The verdict on one run."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    ours = {row.number: row for row in evidence.rows if row.number is not None}
    sends = _sends(evidence, {row.id: number for number, row in ours.items()})
    accepted = _accepted(evidence)

    def fault(figure: str, text: str) -> None:
        counts[figure] += 1
        faults.append(f"{figure}: {text}")

    for row in evidence.rows:
        if reason := _lost(row, evidence, accepted):
            fault("lost", f"{_name(row)} {reason}")
        counts[row.status] += 1
        if row.status == "sent":
            counts[f"sent_{row.channel}"] += 1
    for number, row in ours.items():
        for answered in _resent(accepted[number], sends, number):
            if answered:
                fault("duplicate_answered", f"{_name(row)} was sent again after its answer was received")
            else:
                counts["pagerduty_folded" if row.channel == "pagerduty" else "duplicate_unanswered"] += 1
    for number, one, other in _claimed_twice(sends):
        fault("claimed_twice", f"{_name(ours[number])} was being sent by dispatchers {one} and {other} at once")
    for row, text in _out_of_order(ours.values(), accepted):
        fault("out_of_order", f"{_name(row)} {text}")
    for figure, text in _pagerduty(evidence, ours):
        fault(figure, text)
    for output in evidence.crashed:
        fault("crashed", f"a dispatcher ended by itself: {output.strip()[-2000:]}")
    _count_kills(evidence, counts)
    counts["requests"] += len(evidence.requests)
    counts["dispatches"] += evidence.dispatches
    return Verdict(counts, tuple(faults))


def _name(row: OutboxRow) -> str:
    return f"row {row.number if row.number is not None else f'id {row.id}'} ({row.event}, {row.status})"


def _accepted(evidence: Evidence) -> dict[int, list[tuple[int, int]]]:
    """Row → each time that the far side took it: which request it was, and the number of the send."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, request in enumerate(evidence.requests):
        for row, send in request.rows if request.accepted else ():
            found[row].append((place, send))
    return found


def _sends(evidence: Evidence, numbers: dict[int, int]) -> dict[int, _Send]:
    """Number of a send → what is known of it.

    :param numbers: id of a row → its number.
    """
    sends: dict[int, _Send] = {}
    under_way: dict[int, _Send] = {}
    for entry in evidence.journal:
        match entry.what:
            case "send":
                sends[entry.facts["send"]] = under_way[entry.life] = _Send(entry.life, entry.facts["rows"], entry.at)
            case "answer":
                send = sends[entry.facts["send"]]
                send.ended, send.delivered = entry.at, entry.facts["answer"] == "Delivered"
            case "kill" if entry.life in under_way:
                under_way[entry.life].ended = min(under_way[entry.life].ended, entry.at)
            case "marked":
                for number in [numbers[row_id] for row_id in entry.facts["ids"] if row_id in numbers]:
                    mine = [s for s in sends.values() if s.life == entry.life and number in s.rows and s.delivered]
                    if mine:
                        mine[-1].settled.add(number)
    return sends


def _lost(row: OutboxRow, evidence: Evidence, accepted: dict[int, list[tuple[int, int]]]) -> str | None:
    """Why a row is lost; None where it is not."""
    match row.status:
        case "pending" | "sending":
            return f"still waits: {row.last_error or 'no attempt so far'}"
        case "sent" if row.number is not None and not accepted[row.number]:
            return "never reached the far side"
        case "failed" if row.channel not in evidence.known_failing:
            return f"was given up, and nobody was told so: {row.last_error}"
        case "failed" if row.attempts < MAX_ATTEMPTS and not _refused_for_good(row, evidence):
            return f"was given up after {row.attempts} attempts, though nobody refused it: {row.last_error}"
        case "suppressed" if not _may_be_suppressed(row, evidence):
            return f"was suppressed ({row.suppressed_reason}) for no reason"
    return None


def _refused_for_good(row: OutboxRow, evidence: Evidence) -> bool:
    for request in evidence.requests:
        status = request.status or 0
        final = status >= 500 if row.channel == "email" else 400 <= status < 500 and status not in _LATER
        if final and not request.accepted and any(number == row.number for number, _ in request.rows):
            return True
    return False


def _may_be_suppressed(row: OutboxRow, evidence: Evidence) -> bool:
    """Whether it is right that nobody was told: nobody heard of the beginning, or it was no longer true."""
    others = [one for one in evidence.rows if one.dedup_key == row.dedup_key and one.channel == row.channel]
    events = {one.event for one in others}
    if row.suppressed_reason == "trigger_not_delivered":
        began = any(one.event in BEGINNINGS and one.status == "sent" for one in others)
        return row.event not in BEGINNINGS and not began
    if row.suppressed_reason == "superseded":
        later = any(one.event == "repeat" and one.id > row.id for one in others)
        over = "resolve" in events or (row.event == "repeat" and ("acknowledge" in events or later))
        return row.event in ("repeat", "escalate", "acknowledge") and over
    return False


def _resent(taken: list[tuple[int, int]], sends: dict[int, _Send], row: int) -> Iterator[bool]:
    """For each time but one that the far side took a row: whether an answer to it had been received before."""
    settled = [place for place, (_, send) in enumerate(taken) if row in sends[send].settled]
    first = min(settled, key=lambda place: sends[taken[place][1]].ended, default=None)
    if first is None:
        yield from [False] * (len(taken) - 1)
        return
    answered_at = sends[taken[first][1]].ended
    for place, (_, send) in enumerate(taken):
        if place != first:
            yield row in sends[send].settled or sends[send].began > answered_at


def _claimed_twice(sends: dict[int, _Send]) -> Iterator[tuple[int, int, int]]:
    """Rows that two living dispatchers were sending at the same time."""
    ordered = sorted(sends.values(), key=lambda send: send.began)
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if one.life != other.life and other.began < one.ended:
                for row in sorted({*one.rows} & {*other.rows}):
                    yield row, one.life, other.life


def _out_of_order(
    rows: Iterable[OutboxRow], accepted: dict[int, list[tuple[int, int]]]
) -> Iterator[tuple[OutboxRow, str]]:
    """An end before its beginning or without it, and anything after an end."""
    incidents: dict[str, list[OutboxRow]] = defaultdict(list)
    for row in rows:
        incidents[row.dedup_key].append(row)
    for told in incidents.values():
        came = {row.number: [place for place, _ in accepted[row.number or 0]] for row in told}
        began = min((came[row.number][0] for row in told if row.event in BEGINNINGS and came[row.number]), default=inf)
        ended = min((came[row.number][0] for row in told if row.event == "resolve" and came[row.number]), default=inf)
        for row in told:
            if row.event == "resolve" and ended < began:
                yield row, "reached the far side before the beginning of its incident, or without it"
            elif row.event != "resolve" and any(place > ended for place in came[row.number]):
                yield row, "reached the far side after the end of its incident"


def _pagerduty(evidence: Evidence, ours: dict[int, OutboxRow]) -> Iterator[tuple[str, str]]:
    """More than one incident there for one of ours, and ends that left one open."""
    opened: dict[str, list[str]] = defaultdict(list)
    for incident in evidence.opened:
        opened[ours[incident.row].dedup_key].append(incident.status)
    for key, statuses in opened.items():
        for _ in statuses[1:]:
            yield "duplicate_pagerduty", f"{key} has {len(statuses)} incidents: {', '.join(statuses)}"
    for row in ours.values():
        if row.channel == "pagerduty" and row.event == "resolve" and row.status == "sent":
            left = [status for status in opened[row.dedup_key] if status != "resolved"]
            if left:
                yield "lost", f"{_name(row)} left PagerDuty's incident {left[0]}"


def _count_kills(evidence: Evidence, counts: Counter[str]) -> None:
    for entry in evidence.journal:
        if entry.what == "kill":
            counts["kills"] += 1
            counts[f"kills_{entry.facts['step']}"] += 1
