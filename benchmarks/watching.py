"""Histories with drops at known times, and how the engine and the naive rule judge their hours.

In a history of simulated messages two rates, of deliveries and of texts that the LLM writes, fall by ten points for
three hours now and then. The messages are aggregated, and the alert types' own SQL and the engine's own decisions go
over them hour by hour, with the guards that the thresholds table ships with. The naive rule is "the hour's rate is past
the threshold", on the same hours and with the same threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from benchmarks.databases import UNTIL, bench_sql, last_days, scratch_database
from benchmarks.scoring import Score, beginnings, score
from sms_monitoring import db
from sms_monitoring.aggregation.pipeline import aggregate_range
from sms_monitoring.alerts.judge import COMPARISONS
from sms_monitoring.alerts.observe import observe
from sms_monitoring.alerts.rehearsal import Rehearsal
from sms_monitoring.alerts.store import load_threshold
from sms_monitoring.notify.message import Event
from sms_monitoring.simulator import Incident, IncidentKind, Scenario, simulate
from sms_monitoring.timeframe import HOUR, Window

if TYPE_CHECKING:
    from sms_monitoring.alerts.model import AlertType, Observation, Threshold
    from sms_monitoring.db import Connection
    from sms_monitoring.local.postgres import EmbeddedPostgres

POINTS = 10
_DROP_LENGTH = timedelta(hours=3)
# The first day lacks the messages that would have been scheduled before it.
_LEAD_IN_DAYS = 1
# Few users with many messages: what is judged is the same, and a third of the rows.
_MESSAGES_PER_USER_AND_DAY = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate that is watched.

    :param falls_by: the kind of incident that makes it worse.
    :param threshold_value: in percent, two points worse than the rate is as a rule.
    """

    alert_type: str
    falls_by: IncidentKind
    threshold_value: Decimal


# As a rule, 98 % are delivered when the hour ends, and 4 % of texts are templates.
RATES = (
    Rate(
        alert_type="delivery_rate_critical",
        falls_by=IncidentKind.DELIVERY_OUTAGE,
        threshold_value=Decimal(96),
    ),
    Rate(
        alert_type="llm_failure_critical",
        falls_by=IncidentKind.LLM_FAILURE,
        threshold_value=Decimal(6),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What is simulated.

    :param seeds: one history each.
    :param days: how long each is watched.
    :param drops: how often each rate falls in it.
    """

    messages_per_day: int
    seeds: tuple[int, ...]
    days: int
    drops: int

    @property
    def watched(self) -> Window:
        """The hours that are judged."""
        return last_days(self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How the engine and the naive rule did over some series.

    :param samples: of every hour that was judged.
    """

    engine: Score = field(default_factory=Score)
    naive: Score = field(default_factory=Score)
    samples: list[int] = field(default_factory=list)

    def __add__(self, other: Result) -> Result:
        return Result(
            engine=self.engine + other.engine,
            naive=self.naive + other.naive,
            samples=self.samples + other.samples,
        )


def watch(postgres: EmbeddedPostgres, traffic: Traffic, seed: int) -> dict[str, Result]:
    """Simulate one history, and judge its hours; alert type → what came of it."""
    drops = {rate.alert_type: _drops(traffic, seed, rate) for rate in RATES}
    scenario = Scenario(
        seed=seed,
        start=traffic.watched.start - timedelta(days=_LEAD_IN_DAYS),
        until=UNTIL,
        users=max(1, traffic.messages_per_day // _MESSAGES_PER_USER_AND_DAY),
        messages_per_day=traffic.messages_per_day,
        incidents=tuple(drop for of_rate in drops.values() for drop in of_rate),
    )
    with scratch_database(postgres) as uri, db.connect(uri) as conn:
        simulate(conn, scenario)
        conn.execute(bench_sql("messages_in_time").encode())
        for family in ("delivery", "generation"):
            aggregate_range(conn, family, Window(scenario.start, scenario.until))
        conn.execute("ANALYZE")
        return {rate.alert_type: _judge(conn, rate, traffic.watched, drops[rate.alert_type]) for rate in RATES}


def _drops(traffic: Traffic, seed: int, rate: Rate) -> list[Incident]:
    """Drops at drawn times, one in each of as many equal stretches of time, and well apart."""
    random = Random(f"{seed} {rate.alert_type}")  # noqa: S311 - to be drawn again
    stretch = traffic.days * 24 // traffic.drops
    drops = []
    for number in range(traffic.drops):
        begins = number * stretch + random.randrange(stretch // 4, stretch * 3 // 4)
        start = traffic.watched.start + begins * HOUR
        drops.append(Incident(rate.falls_by, start, start + _DROP_LENGTH, magnitude=POINTS))
    return drops


def _judge(conn: Connection, rate: Rate, watched: Window, drops: list[Incident]) -> Result:
    from sms_monitoring.operators import alert_operators

    [alert] = [operator.alert for operator in alert_operators() if operator.alert.name == rate.alert_type]
    threshold = replace(load_threshold(conn, rate.alert_type), threshold_value=rate.threshold_value)
    seen = _Seen(lambda window: observe(conn, rate.alert_type, window))
    said = _rehearse(alert, threshold, seen, watched)
    naive = {end for end, observation in seen.hours.items() if _is_past(observation, threshold)}
    return Result(
        engine=score(watched, drops, fired=said, began=said),
        naive=score(watched, drops, fired=naive, began=beginnings(naive)),
        samples=[seen.sample_size(hour + HOUR) for hour in watched.hours()],
    )


def _is_past(observation: Observation, threshold: Threshold) -> bool:
    """The naive rule."""
    past = COMPARISONS[threshold.comparison_operator]
    return observation.value is not None and past(observation.value, threshold.threshold_value)


def _rehearse(alert: AlertType, threshold: Threshold, seen: _Seen, watched: Window) -> list[datetime]:
    """When the engine would have told people that something is wrong."""
    rehearsal = Rehearsal(alert=alert, threshold=threshold, observe=seen)
    for hour in watched.hours():
        rehearsal.hour(Window(hour, hour + HOUR))
    return [said.at for said in rehearsal.said if said.event is Event.TRIGGER]


@dataclass(slots=True)
class _Seen:
    """Observes, and keeps what single hours held.

    :param hours: end of the hour → its observation.
    """

    observe: Callable[[Window], list[Observation]]
    hours: dict[datetime, Observation] = field(default_factory=dict)

    def __call__(self, window: Window) -> list[Observation]:
        """What there is to see in ``window``."""
        observations = self.observe(window)
        if window.end - window.start == HOUR:
            for observation in observations:
                self.hours[window.end] = observation
        return observations

    def sample_size(self, end: datetime) -> int:
        """How many messages the hour up to ``end`` held."""
        return (self.hours[end].sample_size or 0) if end in self.hours else 0
