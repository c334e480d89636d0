"""Two thresholds over the same stored hours, in one read-only snapshot."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import psycopg

from sms_monitoring import db
from sms_monitoring.alerts import store
from sms_monitoring.alerts.model import Verdict
from sms_monitoring.alerts.observe import observe
from sms_monitoring.alerts.rehearsal import Rehearsal
from sms_monitoring.alerts.widening import shortest_window
from sms_monitoring.replay.compare import compare
from sms_monitoring.replay.model import (
    Firing,
    KnownIncident,
    Outcome,
    Point,
    ReplayResult,
    open_within,
)
from sms_monitoring.replay.request import read_history
from sms_monitoring.timeframe import EVER, HOUR, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from sms_monitoring.alerts.model import AlertType, Observation, Threshold
    from sms_monitoring.alerts.rehearsal import Step
    from sms_monitoring.db import Connection

# An alert that begins to watch in the middle of an incident would take its end for its beginning.
LEAST_WARM_UP = timedelta(hours=24)
LONGEST_WARM_UP = timedelta(days=14)
# What the two thresholds both look at is asked for once: all windows of the longest evaluation delay.
REMEMBERED_WINDOWS = 4096
# Of several verdicts in an hour, the one that counts for it.
PRECEDENCE = (Verdict.BREACH, Verdict.OK, Verdict.INSUFFICIENT_DATA, Verdict.ERROR, Verdict.NO_DATA)


def replay(
    conn: Connection,
    alert: AlertType,
    proposed: Threshold,
    window: Window,
    *,
    changes: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ReplayResult:
    """What ``proposed`` would have said over the hours of ``window``, and what the threshold as it is now would have.

    The live engine's own decisions over what is stored now, hour by hour. Nothing is written and nobody waits: all is
    read in one snapshot. Silences, mute windows and inhibition are left out, and so is what people did. Some hours
    before the range are judged too, so that an incident that was open at its beginning is open there; only what is
    said and decided about the range's own hours counts.

    :param conn: an autocommit connection with no transaction open.
    :param changes: what of ``proposed`` is not as it is now; only kept with the result.
    :param progress: called with (hours done, hours to do).
    :raises ThresholdMissingError: when the alert type has no threshold.
    :raises ObservationError, psycopg.Error: when its SELECT is broken; an hour whose values it cannot compute (a
        division by zero) is an error of that hour only, as in the live engine.
    """
    # In a pipeline the savepoint around each SELECT costs no round trip of its own.
    with conn.pipeline(), conn.transaction():
        db.execute(conn, "replay/begin_snapshot.sql")
        conn.execute("SET TRANSACTION READ ONLY")
        current = store.load_threshold(conn, alert.name)
        incidents = _incidents(conn, alert, window)
        history = read_history(conn, alert)
        begins = history.begins or window.start
        start = max(begins, window.start - _warm_up((current, proposed), incidents, window))
        hours = Window(min(start, window.end - HOUR), window.end).hours()
        aggregated = _aggregated_hours(conn, alert, hours)

        bad = store.bad_hours(conn, alert.families, Window(EVER.start, window.end))

        @lru_cache(maxsize=REMEMBERED_WINDOWS)
        def look(asked: Window) -> tuple[Observation, ...]:
            return tuple(observe(conn, alert.name, asked))

        rehearsals = [
            Rehearsal(alert=alert, threshold=each, observe=look, bad_hours=bad) for each in (current, proposed)
        ]
        for done, hour in enumerate(hours, start=1):
            for rehearsal in rehearsals:
                _judge(rehearsal, Window(hour, hour + HOUR), aggregated)
            if progress is not None:
                progress(done, len(hours))
    now_set, wanted = (_outcome(rehearsal, window, incidents) for rehearsal in rehearsals)
    return ReplayResult(
        alert=alert,
        window=window,
        changes=dict(changes or {}),
        # Whoever is switched off says nothing; the proposal is what it would say if it were on.
        current=now_set if current.enabled else _silent(now_set),
        proposed=wanted,
        incidents=incidents,
        points=_points(rehearsals[1].steps, proposed, window),
        first_hour=begins if begins > window.start else None,
    )


def _judge(rehearsal: Rehearsal, window: Window, aggregated: set[datetime] | None) -> None:
    judged = shortest_window(rehearsal.alert, rehearsal.threshold, window)
    known = aggregated is None or judged.end - HOUR in aggregated
    try:
        rehearsal.hour(window, aggregated=known)
    except psycopg.DataError:
        rehearsal.hour(window, failed=True)


def _incidents(conn: Connection, alert: AlertType, window: Window) -> tuple[KnownIncident, ...]:
    params = {"alert_type": alert.name, "starts_at": window.start + HOUR, "ends_at": window.end}
    return tuple(KnownIncident(**row) for row in db.fetch_all(conn, "replay/incidents.sql", params))


def _aggregated_hours(conn: Connection, alert: AlertType, hours: Sequence[datetime]) -> set[datetime] | None:
    """The hours that can be judged; None: all, for the alert reads no metric family."""
    if not alert.families:
        return None
    # An evaluation delay judges hours before.
    params = {
        "families": list(alert.families),
        "starts_at": hours[0] - LONGEST_WARM_UP,
        "ends_at": hours[-1] + HOUR,
    }
    return {row["metric_hour"] for row in db.fetch_all(conn, "replay/aggregated_hours.sql", params)}


def _warm_up(thresholds: Iterable[Threshold], incidents: Sequence[KnownIncident], window: Window) -> timedelta:
    """How long before the range to begin: what the counts and the cooldown need, and before incidents open then."""
    needed = max(
        LEAST_WARM_UP,
        *(
            (each.pending_evaluations + each.recovery_evaluations) * HOUR + each.cooldown + each.evaluation_delay
            for each in thresholds
        ),
    )
    under_way = [window.start - incident.triggered_at for incident in incidents]
    whole_hours = -(-max([timedelta(0), *under_way]) // HOUR) * HOUR
    return min(LONGEST_WARM_UP, -(-(needed + whole_hours) // HOUR) * HOUR)


def _outcome(rehearsal: Rehearsal, window: Window, incidents: Sequence[KnownIncident]) -> Outcome:
    # The evaluations of the range's hours are made at their ends; the follow-ups of the last go on for an hour.
    first, last = window.start + HOUR, window.end
    firings = tuple(
        Firing(
            entity=episode.entity,
            began=episode.began,
            ended=episode.ended,
            worst=episode.worst.observation.value,
            sample_size=episode.worst.observation.sample_size,
            told=episode.was_told,
        )
        for episode in rehearsal.episodes
        if episode.ended is None or episode.ended >= first
    )
    open_for = [open_within(firing, window.start, last) for firing in firings]
    said = (each for each in rehearsal.said if first <= each.at < last + HOUR)
    return Outcome(
        threshold=rehearsal.threshold,
        firings=firings,
        comparison=compare(firings, incidents),
        firing_time=sum(open_for, timedelta(0)),
        longest=max(open_for, default=timedelta(0)),
        messages=Counter((channel, each.event) for each in said for channel in each.channels),
        hours=_hours(rehearsal.steps, window, rehearsal.threshold),
    )


def _hours(steps: Iterable[Step], window: Window, threshold: Threshold) -> Counter[Verdict]:
    verdicts: dict[datetime, set[Verdict]] = {}
    for step in steps:
        verdicts.setdefault(step.window.end + threshold.evaluation_delay, set()).add(step.finding.judgement.verdict)
    counted: Counter[Verdict] = Counter()
    for hour in window.hours():
        found = verdicts.get(hour + HOUR, {Verdict.NO_DATA})  # before there was any history
        counted[next(verdict for verdict in PRECEDENCE if verdict in found)] += 1
    return counted


def _silent(outcome: Outcome) -> Outcome:
    return Outcome(
        threshold=outcome.threshold,
        firings=(),
        comparison=compare((), [match.incident for match in outcome.comparison.matches]),
        firing_time=timedelta(0),
        longest=timedelta(0),
        messages={},
        hours=outcome.hours,
    )


def _points(steps: Iterable[Step], threshold: Threshold, window: Window) -> tuple[Point, ...]:
    """One an hour of the range."""
    lower_is_worse = threshold.comparison_operator.startswith("<")
    worst: dict[datetime, Point] = {}
    for step in steps:
        observation, verdict = step.finding.observation, step.finding.judgement.verdict
        at = step.window.end + threshold.evaluation_delay
        told = observation.value is not None and (verdict in (Verdict.OK, Verdict.BREACH))
        point = Point(at=at, value=observation.value if told else None, sample_size=observation.sample_size)
        known = worst.setdefault(at, point)
        if point.value is not None and (
            known.value is None or (point.value < known.value if lower_is_worse else point.value > known.value)
        ):
            worst[at] = point
    empty = (Point(at=hour + HOUR, value=None, sample_size=None) for hour in window.hours())
    return tuple(worst.get(each.at, each) for each in empty)
