"""The alert engine without a database: the very decisions of the live one, over observations from anywhere.

For the replay of a proposed threshold, for rule tests and for benchmarks. What is pure is shared with the live engine
(``widening``, ``lifecycle``, ``due``); what the live engine writes into tables is kept in memory here. Silences, mute
windows and inhibition are left out: the question is what a threshold would say, not who would have slept through it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sms_monitoring.alerts.due import Situation, due
from sms_monitoring.alerts.lifecycle import decide, is_dismissed
from sms_monitoring.alerts.model import (
    ALL,
    Cause,
    IncidentAction,
    Notice,
    Standing,
    State,
    Streak,
    Verdict,
)
from sms_monitoring.alerts.widening import NOT_AGGREGATED, QUERY_FAILED, blind, look, shortest_window
from sms_monitoring.notify.message import Event
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sms_monitoring.alerts.due import Due
    from sms_monitoring.alerts.model import AlertType, Finding, Observation, Threshold
    from sms_monitoring.timeframe import Window

# How often the live engine follows up on incidents.
FOLLOW_UP_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that would have gone out: one message in each of the channels."""

    at: datetime
    event: Event
    entity: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one evaluation came to for one entity."""

    window: Window
    finding: Finding
    state: State
    cause: Cause | None


@dataclass(slots=True, kw_only=True)
class Episode:
    """An incident that would have been.

    :param worst: the breach with the value furthest past the threshold.
    :param situation: what was said of it so far.
    """

    id: UUID
    entity: str
    began: datetime
    worst: Finding
    situation: Situation
    ended: datetime | None = None

    @property
    def was_told(self) -> bool:
        """Whether anybody would have heard of it."""
        return bool(self.situation.told)


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """Runs an alert type hour by hour.

    :param observe: the observations of a window, one an entity: SQL over stored history, or a test's own numbers.
    :param bad_hours: hour → the quality checks that its data failed; no window that holds one is judged.
    """

    alert: AlertType
    threshold: Threshold
    observe: Callable[[Window], Iterable[Observation]]
    carry_acknowledgements: tuple[str, ...] = ()
    bad_hours: Mapping[datetime, Sequence[str]] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    episodes: list[Episode] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def hour(self, window: Window, *, aggregated: bool = True, failed: bool = False) -> list[Step]:
        """Evaluate the run of ``window`` as of its end, then follow up until the next run.

        :param aggregated: whether the hour that is judged was in the tables by then.
        :param failed: whether the SELECT failed.
        """
        judged = shortest_window(self.alert, self.threshold, window)
        if not aggregated:
            findings = blind(NOT_AGGREGATED, judged, self.standings)
        elif failed:
            findings = blind(QUERY_FAILED, judged, self.standings)
        else:
            findings = look(self.observe, self.alert, self.threshold, judged, self.standings, self.bad_hours)
        steps = [
            self._apply(entity, finding, judged, window.end)
            for entity, finding in findings.items()
            if not self._dismissed(entity, finding)
        ]
        self.steps += steps
        self._forget_stand_in()
        self._follow_up(window.end)
        return steps

    def acknowledge(self, entity: str, now: datetime) -> None:
        """A person acknowledges the entity's open incident."""
        if episode := self._open(entity):
            episode.situation = replace(episode.situation, acknowledged_at=now)

    def resolve(self, entity: str, now: datetime) -> None:
        """A person resolves the entity's open incident."""
        if episode := self._open(entity):
            episode.ended = now
            self._say(episode, Event.RESOLVE, episode.situation.told, now)
            self.standings[entity] = replace(
                self.standings[entity],
                state=State.OK,
                incident_id=None,
                ended_incident_id=episode.id,
                streak=Streak(),
                clear_since=now,
            )

    def _dismissed(self, entity: str, finding: Finding) -> bool:
        known = self.standings.get(entity)
        if known is None or not is_dismissed(known, finding.judgement, self.threshold):
            return False
        del self.standings[entity]
        return True

    def _forget_stand_in(self) -> None:
        """Of the whole system, once others were seen and it was not."""
        stand_in = self.standings.get(ALL)
        if stand_in is None or stand_in.seen or stand_in.state is not State.OK:
            return
        if any(standing.seen for standing in self.standings.values()):
            del self.standings[ALL]

    def _apply(self, entity: str, finding: Finding, judged: Window, now: datetime) -> Step:
        episode = self._open(entity)
        known = self.standings.get(entity, Standing(entity=entity))
        previous = replace(known, announced=episode is not None and episode.was_told)
        decision = decide(previous, finding.judgement, self.threshold, now)
        if decision.incident is IncidentAction.OPEN:
            episode = self._begin(entity, finding, now, held=decision.notice is Notice.TRIGGER_HELD)
        elif episode is not None:
            episode.situation = replace(episode.situation, state=decision.state)
            episode.worst = _worse(episode.worst, finding, self.threshold)
        resolves = decision.incident is IncidentAction.RESOLVE
        if resolves and episode is not None:
            episode.ended = now
            if decision.notice is Notice.RESOLVE:
                self._say(episode, Event.RESOLVE, episode.situation.told, now)
        self.standings[entity] = replace(
            self.standings.get(entity, known),
            state=decision.state,
            streak=decision.streak,
            incident_id=None if resolves or episode is None else episode.id,
            ended_incident_id=None,
            seen=known.seen or finding.observation.sample_size is not None,
            evaluated_through=judged.end,
            clear_since=judged.start if resolves else known.clear_since,
        )
        return Step(window=judged, finding=finding, state=decision.state, cause=decision.cause)

    def _begin(self, entity: str, finding: Finding, now: datetime, *, held: bool) -> Episode:
        situation = Situation(triggered_at=now, state=State.FIRING, held_by=Cause.COOLDOWN if held else None)
        number = UUID(int=len(self.episodes) + 1)
        episode = Episode(id=number, entity=entity, began=now, worst=finding, situation=situation)
        self.episodes.append(episode)
        if not held:
            self._announce(episode, now)
        return episode

    def _announce(self, episode: Episode, now: datetime) -> None:
        told = self.threshold.channels
        episode.situation = replace(episode.situation, told=told, announced_at=now, held_by=None)
        known = self.standings.get(episode.entity, Standing(entity=episode.entity))
        self.standings[episode.entity] = replace(known, last_announced_at=now)
        self._say(episode, Event.TRIGGER, told, now)

    def _follow_up(self, since: datetime) -> None:
        for tick in range(HOUR // FOLLOW_UP_EVERY):
            now = since + tick * FOLLOW_UP_EVERY
            for entity in list(self.standings):
                if episode := self._open(entity):
                    last = self.standings[entity].last_announced_at
                    situation = replace(episode.situation, last_announced_at=last)
                    for each in due(situation, self.threshold, now, self.carry_acknowledgements):
                        self._carry_out(each, episode, now)

    def _carry_out(self, each: Due, episode: Episode, now: datetime) -> None:
        situation = episode.situation
        match each.event:
            case Event.TRIGGER:
                self._announce(episode, now)
                return
            case Event.REPEAT:
                situation = replace(situation, reminders=each.sequence, reminded_at=now)
            case Event.ESCALATE:
                told = tuple(dict.fromkeys((*situation.told, *each.channels)))
                escalated = (*situation.told_escalated, *each.channels)
                situation = replace(
                    situation, told=told, told_escalated=escalated, escalated_at=now, escalated_to=each.channels[0]
                )
            case Event.ACKNOWLEDGE:
                situation = replace(situation, told_acknowledged=(*situation.told_acknowledged, *each.channels))
        episode.situation = situation
        self._say(episode, each.event, each.channels, now)

    def _say(self, episode: Episode, event: Event, channels: tuple[str, ...], now: datetime) -> None:
        self.said.append(Said(at=now, event=event, entity=episode.entity, channels=channels))

    def _open(self, entity: str) -> Episode | None:
        standing = self.standings.get(entity)
        if standing is None or standing.incident_id is None:
            return None
        return self.episodes[standing.incident_id.int - 1]


def _worse(worst: Finding, finding: Finding, threshold: Threshold) -> Finding:
    """Of two findings the breach whose value is further past the threshold."""
    new, old = finding.observation.value, worst.observation.value
    if new is None or finding.judgement.verdict is not Verdict.BREACH:
        return worst
    if old is None:
        return finding
    lower_is_worse = threshold.comparison_operator.startswith("<")
    return finding if (new < old if lower_is_worse else new > old) else worst
