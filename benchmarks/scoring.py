"""What an alerting rule said against the incidents that there were: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sms_monitoring.simulator import Incident
    from sms_monitoring.timeframe import Window

IN_TIME = timedelta(hours=2)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a rule did over one series or, added up, several.

    :param detected: incidents for which it fired in time.
    :param detected_at_once: those of them for which it fired an hour after the start.
    :param false_alerts: how often it began to fire with no incident to see.
    :param quiet_hours: hours with no incident to see.
    """

    incidents: int = 0
    detected: int = 0
    detected_at_once: int = 0
    false_alerts: int = 0
    quiet_hours: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            incidents=self.incidents + other.incidents,
            detected=self.detected + other.detected,
            detected_at_once=self.detected_at_once + other.detected_at_once,
            false_alerts=self.false_alerts + other.false_alerts,
            quiet_hours=self.quiet_hours + other.quiet_hours,
        )

    @property
    def detection(self) -> float:
        """Share of the incidents that were detected in time; 0 where there were none."""
        return self.detected / self.incidents if self.incidents else 0.0

    @property
    def quiet_weeks(self) -> float:
        """Weeks of one series with no incident to see."""
        return self.quiet_hours * HOUR / _WEEK

    @property
    def false_alerts_per_week(self) -> float:
        """Per series and week without incidents; 0 where there were none."""
        return self.false_alerts / self.quiet_weeks if self.quiet_hours else 0.0


def score(
    watched: Window, incidents: Collection[Incident], *, fired: Collection[datetime], began: Collection[datetime]
) -> Score:
    """How a rule did over one series.

    An incident is detected by a firing after its start and not later than :data:`IN_TIME` after it. From its start
    until it is ``cleared_by`` it can be seen; what begins at any other time is a false alert.

    :param watched: the hours that were judged, each at its end.
    :param fired: when the rule said that something is wrong.
    :param began: those times at which it had not said so before.
    """
    return Score(
        incidents=len(incidents),
        detected=sum(_fires_within(IN_TIME, incident, fired) for incident in incidents),
        detected_at_once=sum(_fires_within(HOUR, incident, fired) for incident in incidents),
        false_alerts=sum(_is_quiet(moment, incidents) for moment in began),
        quiet_hours=sum(_is_quiet(hour + HOUR, incidents) for hour in watched.hours()),
    )


def beginnings(fired: Collection[datetime]) -> list[datetime]:
    """Those of hourly firings that follow upon an hour without one."""
    return [moment for moment in sorted(fired) if moment - HOUR not in fired]


def _fires_within(time: timedelta, incident: Incident, fired: Collection[datetime]) -> bool:
    return any(incident.start < moment <= incident.start + time for moment in fired)


def _is_quiet(moment: datetime, incidents: Collection[Incident]) -> bool:
    return not any(incident.start < moment <= incident.cleared_by for incident in incidents)
