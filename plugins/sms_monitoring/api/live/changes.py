"""From readings of the database to events. Pure.

A listener is told of everything at least once; what it hears again after a new start may have been told before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sms_monitoring.api.live.position import Position

# How long ago a listener may have heard the last for us to still know all that changed since.
MAX_ABSENCE = timedelta(hours=12)
# An incident is stored some time after the moment it says that it began at.
STORED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Event:
    """What listeners are told: the name of the event and its data, JSON values."""

    name: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What an event says of an incident, and what tells how it changed."""

    id: str
    alert_type: str
    entity: str
    severity: str
    triggered_at: datetime
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that transactions wrote about.

    :param kind: ``incident``, ``threshold`` or ``silence``.
    :param key: its id; of a threshold the alert type.
    :param transactions: those that wrote, as far back as was asked; empty for an open incident nobody wrote about.
    """

    kind: str
    key: str
    transactions: frozenset[int]
    incident: Incident | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The database at one moment.

    :param horizon: what transactions before this one wrote may be missing.
    """

    position: Position
    horizon: int
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Follower:
    """Sees reading after reading, and says what is new in each.

    :param last: the reading before; None: there was none yet.
    """

    last: Reading | None = None
    _told: dict[tuple[str, str], frozenset[int]] = field(default_factory=dict)
    _incidents: dict[str, Incident] = field(default_factory=dict)

    def since(self) -> int | None:
        """The transaction from which on the next reading has to go back; None: it need not."""
        return self.last.position.oldest if self.last else None

    def see(self, reading: Reading) -> list[Event]:
        """What is new since the reading before."""
        last, told, incidents = self.last, self._told, self._incidents
        self.last = reading
        self._told = {(change.kind, change.key): change.transactions for change in reading.changes}
        self._incidents = {each.incident.id: each.incident for each in reading.changes if each.incident}
        if last is None:
            return []
        if is_lost(last.position, reading):
            return [resync()]
        # Of a transaction that runs on, the next reading finds again what others wrote since it began.
        new = (
            change
            for change in reading.changes
            if any(xid >= last.position.oldest for xid in change.transactions - told.get(_key(change), frozenset()))
        )
        return [*_of_data(last.position, reading.position), *_of_changes(new, incidents, last.position.at)]


def catch_up(position: Position, reading: Reading) -> list[Event]:
    """All that happened between ``position`` and ``reading``, which goes back to ``position.oldest`` at least."""
    if is_lost(position, reading):
        return [resync()]
    new = (change for change in reading.changes if any(xid >= position.oldest for xid in change.transactions))
    return [*_of_data(position, reading.position), *_of_changes(new, {}, position.at)]


def is_lost(position: Position, reading: Reading) -> bool:
    """Whether we cannot tell what happened since: too much or too long ago, or it was another database's position."""
    now = reading.position
    return (
        position.newest <= reading.horizon
        or position.newest > now.newest
        or not timedelta(0) <= now.at - position.at <= MAX_ABSENCE
    )


def resync() -> Event:
    """What tells a page to read everything again."""
    return Event("resync", {})


def iso(moment: datetime | None) -> str | None:
    """A time as the API writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _key(change: Change) -> tuple[str, str]:
    return change.kind, change.key


def _of_data(before: Position, now: Position) -> list[Event]:
    events = []
    if (before.newest_hour, before.view_refreshed_at) != (now.newest_hour, now.view_refreshed_at):
        hour = {"newest_hour": iso(now.newest_hour), "view_refreshed_at": iso(now.view_refreshed_at)}
        events.append(Event("hour", hour))
    if before.checked_at != now.checked_at:
        events.append(Event("quality", {"checked_at": iso(now.checked_at)}))
    return events


def _of_changes(changes: Iterable[Change], before: dict[str, Incident], since: datetime) -> list[Event]:
    events = []
    for change in changes:
        match change.kind:
            case "incident" if change.incident is not None:
                now = change.incident
                known = before.get(now.id) or _as_of(now, since)
                data = {"id": now.id, "alert_type": now.alert_type, "entity": now.entity, "severity": now.severity}
                events.append(Event("incident", {**data, "change": _how_changed(known, now)}))
            case "threshold":
                events.append(Event("threshold", {"alert_type": change.key}))
            case "silence":
                events.append(Event("silence", {"id": int(change.key)}))
    return events


def _as_of(now: Incident, moment: datetime) -> Incident | None:
    """The incident as it was then, as far as its times tell."""
    if now.triggered_at > moment - STORED_WITHIN:
        return None
    return Incident(
        id=now.id,
        alert_type=now.alert_type,
        entity=now.entity,
        severity=now.severity,
        triggered_at=now.triggered_at,
        acknowledged_at=_unless_after(now.acknowledged_at, moment),
        resolved_at=_unless_after(now.resolved_at, moment),
    )


def _unless_after(at: datetime | None, moment: datetime) -> datetime | None:
    return at if at is not None and at <= moment else None


def _how_changed(before: Incident | None, now: Incident) -> str:
    if now.resolved_at is not None:
        return "resolved" if before is None or before.resolved_at is None else "changed"
    if before is None:
        return "opened"
    if now.acknowledged_at is not None and before.acknowledged_at is None:
        return "acknowledged"
    return "changed"
