"""Which window decides: the alert's own or, where its sample is too small to tell, a longer one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sms_monitoring.alerts.judge import judge
from sms_monitoring.alerts.model import ALL, Finding, Judgement, Measure, Observation, Reason, Standing, Verdict
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sms_monitoring.alerts.model import AlertType, Threshold
    from sms_monitoring.timeframe import Window

NOT_AGGREGATED = Judgement(verdict=Verdict.NO_DATA, reason=Reason.NOT_AGGREGATED)
BAD_DATA = Judgement(verdict=Verdict.NO_DATA, reason=Reason.BAD_DATA)
SEEN_AT_LAST = Judgement(verdict=Verdict.OK, reason=Reason.SEEN_AT_LAST)
QUERY_FAILED = Judgement(verdict=Verdict.ERROR, reason=Reason.QUERY_FAILED)
CONCLUSIVE = (Verdict.OK, Verdict.BREACH)


@dataclass(frozen=True, slots=True)
class Rung:
    """One window of the ladder, and the sample that it must hold."""

    window: Window
    minimum_sample: int


def ladder(alert: AlertType, threshold: Threshold, window: Window) -> list[Rung]:
    """The windows to judge, shortest first; each ends with ``window`` and is twice as long as the one before.

    Up to ``widen_to`` they need the threshold's own minimum sample. Beyond, up to ``long_window``, a smaller one
    will do: the confidence bound still guards it, and eight days of failures at five messages a day are no noise.
    Only rates widen: of any other number nobody knows what it is over twice the time.
    """
    rungs = [Rung(window, threshold.minimum_sample)]
    if alert.measure is not Measure.RATE:
        return rungs
    few = min(threshold.long_window_minimum_sample, threshold.minimum_sample)
    for limit, minimum_sample in ((threshold.widen_to, threshold.minimum_sample), (threshold.long_window, few)):
        length = rungs[-1].window.end - rungs[-1].window.start
        while length < limit:
            length = min(2 * length, limit)
            rungs.append(Rung(window.reaching_back(length), minimum_sample))
    return rungs


def look(
    observe: Callable[[Window], Iterable[Observation]],
    alert: AlertType,
    threshold: Threshold,
    window: Window,
    standings: Mapping[str, Standing],
    bad_hours: Mapping[datetime, Sequence[str]] = MappingProxyType({}),
) -> dict[str, Finding]:
    """Judge every entity over the shortest window that can tell; one that cannot keeps what its own window said.

    An entity known from ``standings`` that has no row now has no data, however much a longer window would hold: silence
    is not to be papered over with the past. Where nothing was ever seen, the whole system stands in until something is.

    No window that holds a bad hour is judged: with one in the shortest, nothing is known of any entity.

    :param observe: the observations of a window, one an entity; called once a rung at most.
    :param bad_hours: hour → the quality checks that its data failed.
    """
    base, *wider = ladder(alert, threshold, window)
    if failed := [check for hour in base.window.hours() for check in bad_hours.get(hour, ())]:
        checks = ", ".join(dict.fromkeys(failed))
        return blind(BAD_DATA, base.window, standings, details={"Failed checks": checks})
    wider = [rung for rung in wider if not any(rung.window.start <= hour < rung.window.end for hour in bad_hours)]
    observed = {observation.entity: observation for observation in observe(base.window)}
    findings: dict[str, Finding] = {}
    for entity in sorted(observed.keys() | standings.keys()) or [ALL]:
        observation = observed.get(entity, Observation(entity=entity))
        if _stood_in(entity, observed, standings):
            findings[entity] = Finding(observation=observation, window=base.window, judgement=SEEN_AT_LAST)
        else:
            findings[entity] = _find(observation, base, alert, threshold, standings.get(entity))
    undecided = {entity for entity, finding in findings.items() if _could_widen(finding)}
    for rung in wider:
        asked = {entity for entity in undecided if _may_reach(rung.window, standings.get(entity))}
        if not asked:
            break
        for observation in observe(rung.window):
            if observation.entity not in asked:
                continue
            finding = _find(observation, rung, alert, threshold, standings.get(observation.entity))
            if finding.judgement.verdict in CONCLUSIVE:
                undecided.discard(observation.entity)
            # A longer window that is fine does not clear a shorter one that looks bad; it only ends the search.
            suspicious = findings[observation.entity].judgement.reason is Reason.NOT_SIGNIFICANT
            if not (suspicious and finding.judgement.verdict is not Verdict.BREACH) and _tells_more(finding):
                findings[observation.entity] = finding
    return findings


def _find(
    observation: Observation, rung: Rung, alert: AlertType, threshold: Threshold, standing: Standing | None
) -> Finding:
    judgement = judge(
        observation,
        threshold,
        alert.measure,
        minimum_sample=rung.minimum_sample,
        incident_open=standing is not None and standing.incident_id is not None,
    )
    return Finding(observation=observation, window=rung.window, judgement=judgement)


def _stood_in(entity: str, observed: Mapping[str, Observation], standings: Mapping[str, Standing]) -> bool:
    return entity == ALL and bool(observed) and ALL not in observed and not standings[ALL].seen


def _could_widen(finding: Finding) -> bool:
    return finding.judgement.verdict is Verdict.INSUFFICIENT_DATA and bool(finding.observation.sample_size)


def _tells_more(finding: Finding) -> bool:
    return finding.judgement.reason is Reason.NOT_SIGNIFICANT or finding.judgement.verdict in CONCLUSIVE


def _may_reach(window: Window, standing: Standing | None) -> bool:
    """Whether the window keeps clear of an incident that is over: its messages would open it again."""
    return standing is None or standing.clear_since is None or window.start >= standing.clear_since


def shortest_window(alert: AlertType, threshold: Threshold, window: Window) -> Window:
    """The window that is judged first for a run's ``window``: the alert's length, ending after the evaluation delay."""
    end = window.end - threshold.evaluation_delay
    return type(window)(end - HOUR, end).reaching_back(alert.length)


def blind(
    judgement: Judgement,
    window: Window,
    standings: Mapping[str, Standing],
    *,
    details: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Finding]:
    """The finding of every entity where nothing could be observed: :data:`NOT_AGGREGATED`, :data:`BAD_DATA`, …"""
    return {
        entity: Finding(
            observation=Observation(entity=entity, details=dict(details)), window=window, judgement=judgement
        )
        for entity in sorted(standings) or [ALL]
    }
