"""Carries out what :mod:`sms_monitoring.alerts.due` decides, for all incidents."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.alerts import announce, compose, store
from sms_monitoring.alerts.due import Situation, due
from sms_monitoring.alerts.model import State
from sms_monitoring.notify.message import Event, Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sms_monitoring.alerts.due import Due
    from sms_monitoring.alerts.model import AlertType
    from sms_monitoring.db import Connection, Row
    from sms_monitoring.notify.message import Link

log = logging.getLogger(__name__)

# An end is told for so long after it; later it would only puzzle people.
ENDS_ARE_TOLD_FOR = timedelta(days=7)
NOT_ACKNOWLEDGED = "not acknowledged in time"


@dataclass(slots=True, kw_only=True)
class FollowUp:
    """Follows up on all incidents.

    :param alerts: the alert types by name, for their units; an incident of another is told without.
    """

    conn: Connection
    now: datetime
    alerts: Mapping[str, AlertType] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    said: Counter[Event] = field(default_factory=Counter)

    def run(self) -> Counter[Event]:
        """Put into the outbox what is due; returns how often what was said. One alert type that fails stops no other.

        :raises psycopg.Error: the first error of an alert type, once the others are through.
        """
        params = {"ended_since": self.now - ENDS_ARE_TOLD_FOR}
        carry = [row["channel"] for row in db.fetch_all(self.conn, "lifecycle/acknowledgement_channels.sql")]
        failures: list[Exception] = []
        for row in db.fetch_all(self.conn, "lifecycle/alert_types_to_follow_up.sql", params):
            try:
                said, broken = db.retried(partial(self._follow, row["alert_type"], carry))
            except Exception as error:
                log.exception("could not follow up on %s", row["alert_type"])
                failures.append(error)
            else:
                self.said += said
                failures += broken
        if failures:
            raise failures[0]
        return self.said

    def _follow(self, alert_type: str, carry: list[str]) -> tuple[Counter[Event], list[Exception]]:
        """What was said of the incidents of one alert type, and what went wrong with single ones."""
        said: Counter[Event] = Counter()
        broken: list[Exception] = []
        with self.conn.transaction():
            # Not while it is being evaluated, nor twice at once.
            db.lock(self.conn, "evaluate", alert_type)
            db.wait_briefly(self.conn)
            threshold = store.find_threshold(self.conn, alert_type)
            if threshold is not None and not threshold.enabled:
                threshold = None
            params = {"alert_type": alert_type, "ended_since": self.now - ENDS_ARE_TOLD_FOR}
            for row in db.fetch_all(self.conn, "lifecycle/situations.sql", params):
                situation = _situation(row)
                for each in due(situation, threshold, self.now, carry):
                    try:
                        # One incident whose stored message makes no sense must not silence the others.
                        with self.conn.transaction():
                            if self._say(each, row, situation):
                                said[each.event] += 1
                    except (AttributeError, KeyError, TypeError, ValueError) as error:
                        log.exception("could not follow up on incident %s", row["id"])
                        broken.append(error)
        return said, broken

    def _say(self, each: Due, row: Row, situation: Situation) -> bool:
        """Put it into the outbox; False where something holds it back now: it is due again next time."""
        if each.may_be_held and store.find_suppression(self.conn, row["id"], self.now):
            return False
        message = self._message(each, row)
        if each.event is Event.TRIGGER:
            announce.announce(self.conn, message, row["id"], each.channels, self.now)
        else:
            announce.tell(self.conn, message, row["id"], each.channels)
        self._note(each, row)
        if each.event is not Event.RESOLVE:  # The next evaluation logs that, with the state that it leads to.
            store.note_transition(
                self.conn,
                row["alert_type"],
                row["entity"],
                each.cause,
                self.now,
                from_state=situation.state,
                to_state=situation.state,
                incident_id=row["id"],
            )
        return True

    def _note(self, each: Due, row: Row) -> None:
        params = {"incident_id": row["id"], "now": self.now}
        if each.event is Event.REPEAT:
            db.execute(self.conn, "lifecycle/note_reminded.sql", {**params, "reminders": each.sequence})
        elif each.event is Event.ESCALATE:
            [channel] = each.channels
            by = {"channel": channel, "escalated_by": NOT_ACKNOWLEDGED}
            db.execute(self.conn, "lifecycle/note_escalated.sql", params | by)

    def _message(self, each: Due, row: Row) -> Message:
        first = Message.from_json(row["message"])
        incident = store.incident_of(row)
        links = compose.links_about(incident.id, self.links)
        lasted = compose.duration(self.now - incident.triggered_at)
        match each.event:
            case Event.RESOLVE:
                because = f"resolved by {incident.resolved_by}"
                return compose.resolved(incident, first.title, row["resolved_at"], because=because, links=links)
            case Event.TRIGGER:
                says = f"for {lasted}, held back until now." if row["held_by"] else ""
            case Event.ACKNOWLEDGE:
                says = f"acknowledged by {row['acknowledged_by']}."
            case Event.ESCALATE:
                by = row["escalated_by"]
                # By the engine, now or, where a silence caught the row on its way, before.
                is_by_clock = by in (None, NOT_ACKNOWLEDGED)
                says = f"for {lasted}, {NOT_ACKNOWLEDGED if is_by_clock else f'escalated by {by}'}."
            case _:
                says = f"for {lasted} now."
        return compose.again(
            first, each.event, self.now, says=says, facts=self._latest(row), links=links, sequence=each.sequence
        )

    def _latest(self, row: Row) -> tuple[tuple[str, str], ...]:
        """The newest measurement, where there is one."""
        if row["latest_value"] is None:
            return ()
        unit = self.alerts[row["alert_type"]].unit if row["alert_type"] in self.alerts else ""
        value = compose.number(row["latest_value"], unit)
        return (("Now", f"{value} (sample {row['latest_sample_size']}), to {row['latest_window_end']:%H:%M} UTC"),)


def _situation(row: Row) -> Situation:
    values = {name.name: row[name.name] for name in fields(Situation)}
    for name in ("told", "told_acknowledged", "told_escalated"):
        values[name] = tuple(values[name])
    return Situation(**{**values, "state": State(values["state"]) if values["state"] else None})
