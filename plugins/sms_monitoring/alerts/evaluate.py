"""One alert type, one window: look, judge, decide, store.

A breach is stored data. Only a broken query, a missing threshold or a lost database raises, and what
was raised is stored as an evaluation of its own first, so that the silence has a reason on record.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.alerts import announce, compose, store
from sms_monitoring.alerts.lifecycle import decide, is_dismissed
from sms_monitoring.alerts.model import (
    Cause,
    Finding,
    IncidentAction,
    Notice,
    Reason,
    Standing,
    State,
    Streak,
    Verdict,
)
from sms_monitoring.alerts.observe import observe
from sms_monitoring.alerts.store import Written
from sms_monitoring.alerts.widening import NOT_AGGREGATED, QUERY_FAILED, blind, look, shortest_window
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sms_monitoring.alerts.compose import Incident
    from sms_monitoring.alerts.model import AlertType, Decision, Threshold
    from sms_monitoring.db import Connection
    from sms_monitoring.notify.message import Link
    from sms_monitoring.timeframe import Window

RECOVERED = "recovered"
DISABLED = "alert disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one evaluation did for one entity.

    :param state: where it stands now; None for history.
    :param cause: why that changed, or why it was not said; None where nothing changed.
    :param incident_id: the incident that is open, or that this evaluation resolved.
    """

    entity: str
    verdict: Verdict
    reason: Reason
    state: State | None = None
    cause: Cause | None = None
    notice: Notice = Notice.NONE
    incident_id: UUID | None = None

    def __str__(self) -> str:
        stands = self.state or "history"
        return f"{self.entity}: {self.verdict} ({self.reason}) → {stands}" + (f", {self.cause}" if self.cause else "")

    def as_dict(self) -> dict[str, str | None]:
        """The same as plain text, for whoever reads JSON."""
        return {name: None if value is None else str(value) for name, value in asdict(self).items()}


@dataclass(slots=True, kw_only=True)
class Evaluator:
    """Evaluates one alert type.

    :param window: the run's; what is judged ends with it, or earlier by the threshold's evaluation delay.
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
        window = shortest_window(self.alert, threshold, self.window)
        standings = store.load_standings(self.conn, self.alert.name, window)
        if store.families_behind(self.conn, self.alert.families, window.end - HOUR):
            self._store(blind(NOT_AGGREGATED, window, standings), threshold, window)
            return self.outcomes
        looks_back = max(window.end - window.start, threshold.widen_to, threshold.long_window)
        bad = store.bad_hours(self.conn, self.alert.families, window.reaching_back(looks_back))
        try:
            findings = look(
                lambda asked: observe(self.conn, self.alert.name, asked, self.now),
                self.alert,
                threshold,
                window,
                standings,
                bad,
            )
        except Exception:
            self._store(blind(QUERY_FAILED, window, standings), threshold, window)
            raise
        self._store(findings, threshold, window)
        return self.outcomes

    def _store(self, findings: Mapping[str, Finding], threshold: Threshold, window: Window) -> None:
        """Decide and write for every entity, in one transaction."""
        store.make_partition(self.conn, window)
        db.retried(lambda: self._store_once(findings, threshold, window))

    def _store_once(self, findings: Mapping[str, Finding], threshold: Threshold, window: Window) -> None:
        self.outcomes.clear()
        with self.conn.transaction():
            # One evaluation of an alert type at a time: two would both see "no incident" and open one each.
            db.lock(self.conn, "evaluate", self.alert.name)
            db.wait_briefly(self.conn)
            standings = store.load_standings(self.conn, self.alert.name, window)
            written = []
            for entity, finding in findings.items():
                previous = standings.get(entity, Standing(entity=entity))
                if not self._is_dismissed(finding, previous, threshold, window):
                    written.append(self._apply(finding, previous, threshold, window))
            store.save_states(self.conn, self.alert.name, window.end, written, self.now)
            store.save_evaluations(self.conn, threshold, window.end, written)

    def _apply(self, finding: Finding, previous: Standing, threshold: Threshold, window: Window) -> Written:
        # A window judged "in the future" is a wrong clock's; it must not make every real one look old.
        newest = previous.evaluated_through
        if self.replay or (newest is not None and window.end < newest <= self.now):
            return self._record_history(finding, previous, window)
        previous = self._after_persons(previous, window)
        decision = decide(previous, finding.judgement, threshold, self.now)
        opens, resolves = (decision.incident is action for action in (IncidentAction.OPEN, IncidentAction.RESOLVE))
        opened = self._open(finding, threshold) if opens else None
        incident_id = opened.id if opened else previous.incident_id
        if decision.cause is not None:
            self._log(previous, decision.state, decision.cause, incident_id, window)
        held_by = self._announce(opened, decision, finding, threshold) if opened else None
        if held_by is not None:
            self._log(replace(previous, state=decision.state), decision.state, held_by, incident_id, window)
        if resolves and incident_id is not None:
            value = compose.number(finding.observation.value, self.alert.unit)
            self._resolve(incident_id, because=RECOVERED, value=value, told=decision.notice is Notice.RESOLVE)
        self._report(finding, decision, held_by or decision.cause, incident_id)
        return Written(
            previous=previous,
            finding=finding,
            decision=decision,
            incident_id=incident_id,
            open_incident_id=None if resolves else incident_id,
            announced=decision.notice is Notice.TRIGGER and held_by is None,
            clear_since=window.start if resolves else previous.clear_since,
        )

    def _record_history(self, finding: Finding, previous: Standing, window: Window) -> Written:
        breach = finding.judgement.verdict is Verdict.BREACH
        if breach:
            self._log(previous, previous.state, Cause.REPLAYED, None, window)
        self._report(finding, None, Cause.REPLAYED)
        return Written(previous=previous, finding=finding)

    def _is_dismissed(self, finding: Finding, previous: Standing, threshold: Threshold, window: Window) -> bool:
        """Of an entity that fell silent, a person resolved the incident: it is gone, and is forgotten."""
        if self.replay or not is_dismissed(previous, finding.judgement, threshold):
            return False
        self._log(previous, None, Cause.RESOLVED_BY_PERSON, previous.ended_incident_id, window)
        db.execute(self.conn, "lifecycle/forget_entity.sql", {"alert_type": self.alert.name, "entity": previous.entity})
        return True

    def _after_persons(self, previous: Standing, window: Window) -> Standing:
        """An incident that a person resolved is over, whatever is found now."""
        if previous.ended_incident_id is None:
            return previous
        self._log(previous, State.OK, Cause.RESOLVED_BY_PERSON, previous.ended_incident_id, window)
        return replace(previous, state=State.OK, ended_incident_id=None, announced=False, streak=Streak())

    def _open(self, finding: Finding, threshold: Threshold) -> Incident:
        text = compose.summary(self.alert, finding, threshold)
        return store.open_incident(self.conn, finding, threshold, text, self.now)

    def _announce(self, incident: Incident, decision: Decision, finding: Finding, threshold: Threshold) -> Cause | None:
        """Put the new incident's trigger into the outbox; returns what holds it back."""
        links = compose.links_about(incident.id, self.links)
        message = compose.triggered(incident, self.alert, finding, threshold, links)
        held = decision.notice is Notice.TRIGGER_HELD
        return announce.announce(self.conn, message, incident.id, threshold.channels, self.now, cooling_down=held)

    def _resolve(self, incident_id: UUID, *, because: str, told: bool, value: str | None = None) -> None:
        store.resolve_incident(self.conn, incident_id, because, self.now)
        if told:
            incident = store.load_incident(self.conn, incident_id)
            links = compose.links_about(incident_id, self.links)
            message = compose.resolved(incident, self.alert.title, self.now, because=because, value=value, links=links)
            announce.tell(self.conn, message, incident_id, store.announced_channels(self.conn, incident_id))

    def _log(
        self, previous: Standing, state: State | None, cause: Cause, incident_id: UUID | None, window: Window
    ) -> None:
        store.note_transition(
            self.conn,
            self.alert.name,
            previous.entity,
            cause,
            self.now,
            from_state=previous.state,
            to_state=state,
            incident_id=incident_id,
            window_end=window.end,
        )

    def _report(
        self, finding: Finding, decision: Decision | None, cause: Cause | None, incident_id: UUID | None = None
    ) -> None:
        self.outcomes.append(
            Outcome(
                entity=finding.observation.entity,
                verdict=finding.judgement.verdict,
                reason=finding.judgement.reason,
                state=decision.state if decision else None,
                cause=cause,
                notice=decision.notice if decision else Notice.NONE,
                incident_id=incident_id,
            )
        )

    def _stand_down(self) -> None:
        """A disabled alert ends its open incidents: nobody would ever resolve them otherwise."""
        if not self.replay:
            db.retried(self._stand_down_once)

    def _stand_down_once(self) -> None:
        with self.conn.transaction():
            db.lock(self.conn, "evaluate", self.alert.name)
            db.wait_briefly(self.conn)
            for standing in store.load_standings(self.conn, self.alert.name, self.window).values():
                if standing.incident_id is not None:
                    self._log(standing, State.OK, Cause.DISABLED, standing.incident_id, self.window)
                    self._resolve(standing.incident_id, because=DISABLED, told=True)
            db.execute(self.conn, "lifecycle/stand_down.sql", {"alert_type": self.alert.name, "now": self.now})
