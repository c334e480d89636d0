"""Named incidents: what goes wrong in the simulated product, from when to when, and which alert must say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from sms_monitoring.simulator.arrays import to_micros
from sms_monitoring.timeframe import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sms_monitoring.simulator.arrays import Bools, Floats, Ints


class IncidentKind(StrEnum):
    """What can go wrong."""

    DELIVERY_OUTAGE = "delivery_outage"
    LLM_FAILURE = "llm_failure"
    LLM_COST_SPIKE = "llm_cost_spike"
    OPT_OUT_SURGE = "opt_out_surge"
    DAILY_LIMIT_SURGE = "daily_limit_surge"

    @classmethod
    def _missing_(cls, value: object) -> None:
        raise ValueError(f"no incident kind {value!r}; there are: {', '.join(cls)}")


# Kind → the alert that it must raise, and how long after the incident that alert may still see it: the window it
# looks back over, and what follows. Opt-outs trickle in for minutes; who is over the limit stays so for the day.
_ALERTS = {
    IncidentKind.DELIVERY_OUTAGE: ("delivery_rate_critical", timedelta(hours=1)),
    IncidentKind.LLM_FAILURE: ("llm_failure_critical", timedelta(hours=1)),
    IncidentKind.LLM_COST_SPIKE: ("llm_cost_spike_warning", timedelta(hours=24)),
    IncidentKind.OPT_OUT_SURGE: ("opt_out_rate_warning", timedelta(hours=24 + 1)),
    IncidentKind.DAILY_LIMIT_SURGE: ("daily_limit_hit_warning", timedelta(hours=24 + 26)),
}
# Kinds that make a rate worse, and so may do it by a chosen number of percentage points.
_HAVE_MAGNITUDE = {IncidentKind.DELIVERY_OUTAGE, IncidentKind.LLM_FAILURE}
_LARGEST_MAGNITUDE = 90


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that goes wrong from ``start`` up to, not including, ``end``.

    Both are whole UTC hours, so that there is an hourly run right after the incident which sees it in full.

    :param magnitude: by how many percentage points the rate of deliveries, or of texts that the LLM writes, falls;
        None: it all but breaks down. Only a delivery outage and an LLM failure have one.
    :raises ValueError: for an unknown kind, times that are not whole hours, an end that is not after the start, or a
        magnitude that the kind does not have.
    """

    kind: IncidentKind
    start: datetime
    end: datetime
    magnitude: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", IncidentKind(self.kind))
        if self.magnitude is not None:
            self._check_magnitude(self.magnitude)
        try:
            Window(self.start, self.end)
        except ValueError as error:
            raise ValueError(f"incident {self.kind}: {error}") from None
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    def _check_magnitude(self, magnitude: float) -> None:
        if self.kind not in _HAVE_MAGNITUDE:
            raise ValueError(f"incident {self.kind} has no magnitude; only {', '.join(sorted(_HAVE_MAGNITUDE))} have")
        if not 0 < magnitude <= _LARGEST_MAGNITUDE:
            raise ValueError(
                f"incident {self.kind}: magnitude {magnitude} is not above 0 and at most {_LARGEST_MAGNITUDE} points"
            )

    @property
    def expected_alert_type(self) -> str:
        """The alert that must be firing when the incident ends, unless its magnitude is too small for the threshold."""
        return _ALERTS[self.kind][0]

    @property
    def label(self) -> str:
        """A name that no other incident of a scenario has."""
        return f"{self.kind}.{self.start:%Y%m%dT%H}"

    @property
    def cleared_by(self) -> datetime:
        """From when on the alert must not fire: it no longer sees any of the incident."""
        return self.end + _ALERTS[self.kind][1]

    def holds(self, times: Ints) -> Bools:
        """Which of ``times`` lie in the incident."""
        return np.asarray((times >= to_micros(self.start)) & (times < to_micros(self.end)))


def of_kind(incidents: Iterable[Incident], kind: IncidentKind) -> list[Incident]:
    """The incidents of one kind, in order of time."""
    return sorted((incident for incident in incidents if incident.kind is kind), key=lambda incident: incident.start)


def rate_during(
    incidents: Iterable[Incident], kind: IncidentKind, times: Ints, usual: Floats | float, broken: Floats | float
) -> Floats:
    """What a share (0 to 1) is at each of ``times``, of which incidents of ``kind`` make something else than usual.

    :param broken: what it is in an incident without a magnitude; with one, the share moves so far in that direction.
    """
    rate = np.broadcast_to(np.asarray(usual, dtype=np.float64), times.shape)
    for incident in of_kind(incidents, kind):
        in_it = broken
        if incident.magnitude is not None:
            in_it = usual + np.sign(np.subtract(broken, usual)) * incident.magnitude / 100
        rate = np.where(incident.holds(times), in_it, rate)
    return rate


def during(incidents: Iterable[Incident], kind: IncidentKind, times: Ints) -> Bools:
    """Which of ``times`` lie in an incident of ``kind``."""
    held = np.zeros(len(times), dtype=np.bool_)
    for incident in of_kind(incidents, kind):
        held |= incident.holds(times)
    return held
