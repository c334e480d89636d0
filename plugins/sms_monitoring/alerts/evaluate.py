"""One alert type, one window: observe, judge, decide, store.

A breach is stored data. Only a broken query, a missing threshold or a lost database raises, and what
was raised is stored as an evaluation of its own first, so that the silence has a reason on record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.alerts import compose, store
from sms_monitoring.alerts.judge import judge
from sms_monitoring.alerts.lifecycle import decide
from sms_monitoring.alerts.model import (
    ALL,
    IncidentAction,
    Judgement,
    Notice,
    Observation,
    Reason,
    Standing,
    Verdict,
)
from sms_monitoring.alerts.observe import observe
from sms_monitoring.notify import outbox
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sms_monitoring.alerts.compose import Incident
    from sms_monitoring.alerts.model import AlertType, Decision, Threshold
    from sms_monitoring.db import Connection
    from sms_monitoring.notify.message import Link
    from sms_monitoring.timeframe import Window

RECOVERED = "recovered"
DISABLED = "alert disabled"
NOT_AGGREGATED = Judgement(verdict=Verdict.NO_DATA, reason=Reason.NOT_AGGREGATED)
QUERY_FAILED = Judgement(verdict=Verdict.ERROR, reason=Reason.QUERY_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one evaluation did for one entity."""

    entity: str
    verdict: Verdict
    reason: Reason
    notice: Notice = Notice.NONE


@dataclass(slots=True, kw_only=True)
class Evaluator:
    """Evaluates one alert type.

    :param replay: history: evaluations are stored and marked, live state and outbox stay untouched.
    :param links: put into every message.
    """

    conn: Connection
    alert: AlertType
    window: Window
    now: datetime
    replay: bool = False
    links: tuple[Link, ...] = ()
    outcomes: list[Outcome] = field(default_factory=list)

    def run(self) -> list[Outcome]:
        """Evaluate the window for every entity.

        :raises ThresholdMissingError: when the alert type has no threshold row.
        :raises WindowRetiredError: when retention has dropped the window's evaluations.
        :raises ObservationError, psycopg.Error, FileNotFoundError: when its SELECT is broken; live
            state becomes ``error``, an open incident stays open.
        """
        threshold = store.load_threshold(self.conn, self.alert.name)
        if not threshold.enabled:
            self._stand_down()
            return self.outcomes
        if store.families_behind(self.conn, self.alert.families, self.window.end - HOUR):
            self._store([], threshold, blind=NOT_AGGREGATED)
            return self.outcomes
        try:
            observations = observe(self.conn, self.alert.name, self.window)
        except Exception:
            self._store([], threshold, blind=QUERY_FAILED)
            raise
        self._store(observations, threshold)
        return self.outcomes

    def _store(self, observations: list[Observation], threshold: Threshold, blind: Judgement | None = None) -> None:
        """Judge, decide and write for every entity; ``blind`` is the judgement where nothing could be observed."""
        store.make_partition(self.conn, self.window)
        with self.conn.transaction():
            # One evaluation of an alert type at a time: two would both see "no incident" and open one each.
            db.lock(self.conn, "evaluate", self.alert.name)
            standings = store.load_standings(self.conn, self.alert.name)
            observed = {observation.entity: observation for observation in observations}
            # An entity that was seen before and is not now has no data; nor has a system never seen at all.
            entities = sorted(observed.keys() | standings.keys()) or [ALL]
            for entity in entities:
                observation = observed.get(entity, Observation(entity=entity))
                judgement = blind or judge(observation, threshold, self.alert.measure)
                self._apply(observation, judgement, standings.get(entity, Standing(entity=entity)), threshold)

    def _apply(self, observation: Observation, judgement: Judgement, previous: Standing, threshold: Threshold) -> None:
        # A window judged "in the future" is a wrong clock's; it must not make every real one look old.
        newest = previous.evaluated_through
        replay = self.replay or (newest is not None and self.window.end < newest <= self.now)
        notice, incident_id = Notice.NONE, None
        if not replay:
            if previous.ended_incident_id is not None:
                ended = store.load_incident(self.conn, previous.ended_incident_id)
                self._tell_resolved(ended, because=f"resolved by {ended.resolved_by}")
            decision = decide(previous, judgement, threshold, self.now)
            notice = decision.notice
            incident_id = self._act(decision, observation, previous, threshold)
            open_id = None if decision.incident is IncidentAction.RESOLVE else incident_id
            store.save_state(
                self.conn,
                self.alert.name,
                observation.entity,
                decision.state,
                incident_id=open_id,
                window=self.window,
                now=self.now,
                announced=notice is Notice.TRIGGER,
            )
        store.save_evaluation(
            self.conn,
            self.alert.name,
            self.window,
            observation,
            judgement,
            threshold=threshold,
            replayed=replay,
            incident_id=incident_id,
        )
        self.outcomes.append(
            Outcome(entity=observation.entity, verdict=judgement.verdict, reason=judgement.reason, notice=notice)
        )

    def _act(
        self, decision: Decision, observation: Observation, previous: Standing, threshold: Threshold
    ) -> UUID | None:
        """Open, announce or resolve as decided; returns the incident concerned, if any."""
        if decision.incident is IncidentAction.OPEN:
            text = compose.summary(self.alert, observation, threshold)
            incident = store.open_incident(self.conn, observation, threshold, self.window, text, self.now)
        elif previous.incident_id is not None:
            incident = store.load_incident(self.conn, previous.incident_id)
        else:
            return None
        if decision.notice in (Notice.TRIGGER, Notice.TRIGGER_HELD):
            self._announce(incident, observation, threshold, held=decision.notice is Notice.TRIGGER_HELD)
        if decision.incident is IncidentAction.RESOLVE:
            self._resolve(incident, because=RECOVERED, observation=observation)
        return incident.id

    def _announce(self, incident: Incident, observation: Observation, threshold: Threshold, *, held: bool) -> None:
        message = compose.triggered(incident, self.alert, observation, threshold, self.window, self.links)
        outbox.enqueue(
            self.conn,
            message,
            channel=threshold.notification_channel,
            incident_id=incident.id,
            suppressed_reason="cooldown" if held else None,
        )
        if not held:
            store.note_triggered(self.conn, self.alert.name, self.now)

    def _resolve(self, incident: Incident, *, because: str, observation: Observation | None = None) -> None:
        store.resolve_incident(self.conn, incident.id, because, self.now)
        self._tell_resolved(incident, because=because, observation=observation)

    def _tell_resolved(self, incident: Incident, *, because: str, observation: Observation | None = None) -> None:
        message = compose.resolved(
            incident, self.alert, self.now, because=because, observation=observation, links=self.links
        )
        for channel in store.announced_channels(self.conn, incident.id):
            outbox.enqueue(self.conn, message, channel=channel, incident_id=incident.id)

    def _stand_down(self) -> None:
        """A disabled alert ends its open incidents: nobody would ever resolve them otherwise."""
        if self.replay:
            return
        with self.conn.transaction():
            db.lock(self.conn, "evaluate", self.alert.name)
            for standing in store.load_standings(self.conn, self.alert.name).values():
                if standing.incident_id is not None and standing.state is not None:
                    self._resolve(store.load_incident(self.conn, standing.incident_id), because=DISABLED)
                    store.save_state(
                        self.conn,
                        self.alert.name,
                        standing.entity,
                        standing.state,
                        incident_id=None,
                        window=self.window,
                        now=self.now,
                    )
