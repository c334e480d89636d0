"""Firings against the incidents that are known: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring.replay.model import Comparison, Match
from sms_monitoring.timeframe import floor_hour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.replay.model import Firing, KnownIncident


def compare(firings: Sequence[Firing], incidents: Sequence[KnownIncident]) -> Comparison:
    """Which of the incidents the firings catch, how much earlier or later, and which firings are new.

    A firing catches an incident of its own entity when both were open at the same time. Of several the first counts
    for the lead; none of them is new. An incident counts from the hour in which it was triggered: the minutes say how
    long the scheduler took, not what the threshold saw.

    :param firings: in order of time.
    """
    matches = []
    matched: set[int] = set()
    for incident in incidents:
        found = [index for index, firing in enumerate(firings) if _were_open_together(firing, incident)]
        matched.update(found)
        first = firings[found[0]] if found else None
        lead = floor_hour(incident.triggered_at) - first.began if first else None
        matches.append(Match(incident=incident, firing=first, lead=lead))
    return Comparison(
        matches=tuple(matches), new=tuple(firing for index, firing in enumerate(firings) if index not in matched)
    )


def _were_open_together(firing: Firing, incident: KnownIncident) -> bool:
    return (
        firing.entity == incident.entity
        and (incident.resolved_at is None or firing.began < incident.resolved_at)
        and (firing.ended is None or floor_hour(incident.triggered_at) < firing.ended)
    )
