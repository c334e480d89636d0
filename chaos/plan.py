"""What happens in one run: drawn from the seed and the number of the run, so that it can be had again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any

from sms_monitoring.notify.message import Event, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNELS = ("slack", "pagerduty", "email", "sms", "webhook")
CARRY_ACKNOWLEDGEMENTS = ("slack", "pagerduty", "webhook")
# As many as a grouped message shows by name: what stands behind "and 3 more" cannot be recognised in it.
MAX_ROWS = 10
MAX_DISPATCHERS = 3
LONGEST_STALL = 60


class Step(StrEnum):
    """A step of a dispatch that may be its last."""

    CLAIM = "claim"
    SEND = "send"
    MARK = "mark"
    OTHER = "other"
    """Any other statement: counting what waits, holding a channel, begin, commit …"""


class Moment(StrEnum):
    """When in a step the process is killed."""

    BEFORE = "before"
    UNDER_WAY = "under way"
    """The database, or the far side, has the request, and the answer has not come. The far side has not taken it."""
    ACCEPTED = "accepted"
    """As above, but the far side has taken it; of a send only."""
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Kill:
    """kill -9 in the ``nth`` (from 0) such step of a dispatch, if it comes that far."""

    step: Step
    moment: Moment
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """One process that dispatches.

    :param same_name: whether it is another try of the task whose process died before it, or a run of its own.
    """

    kill: Kill | None = None
    same_name: bool = True


@dataclass(frozen=True, slots=True)
class Weather:
    """How the far side behaves for one round.

    :param fault: as for :meth:`sms_monitoring.local.receivers.ReceiversClient.fail`; None: it works.
    :param reachable: False: nobody listens at its address.
    """

    name: str
    fault: Mapping[str, Any] | None = None
    reachable: bool = True


FINE = Weather("fine")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox: the ``sequence``-th such event of the ``incident``-th incident.

    :param round: when it is written.
    """

    incident: int
    event: Event
    sequence: int
    severity: Severity
    round: int


@dataclass(frozen=True, slots=True)
class Round:
    """Dispatchers at work at the same time; then the clock is put forward.

    :param dispatchers: the lives of each, one after the other: who is killed is started again.
    :param late: whether this round's rows are written while they work.
    """

    weather: Weather
    dispatchers: tuple[tuple[Life, ...], ...]
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run.

    :param lasting: the weather after the last round, until nothing waits any more.
    """

    seed: int
    number: int
    channel: str
    rows: tuple[Row, ...] = ()
    rounds: tuple[Round, ...] = field(default=())
    lasting: Weather = FINE


def draw(seed: int, number: int) -> Plan:
    """The plan of run ``number``; the same for the same two numbers."""
    random = Random(f"{seed}:{number}")  # noqa: S311 - to be had again, not to be secret
    # PagerDuty twice as often: the others cannot tell a second incident from a second message.
    channel = random.choice((*CHANNELS, "pagerduty"))
    count = random.choice((1, 2, 2, 3))
    # A far side that never mends: attempts run out, and that must be seen.
    lasting = _failure(random, channel) if random.random() < 0.03 else FINE
    return Plan(
        seed=seed,
        number=number,
        channel=channel,
        rows=_rows(random, channel, count),
        rounds=tuple(_round(random, channel) for _ in range(count)),
        lasting=lasting,
    )


def _rows(random: Random, channel: str, rounds: int) -> tuple[Row, ...]:
    rows: list[Row] = []
    for incident in range(random.choice((1, 1, 2, 2, 3, 4))):
        # An escalation comes to a channel that was not told of the beginning, or to the same.
        beginning = random.choice(([Event.TRIGGER],) * 8 + ([Event.ESCALATE], [Event.TRIGGER, Event.ESCALATE]))
        events = [*beginning, *[Event.REPEAT] * random.choice((0, 1, 1, 2))]
        if channel in CARRY_ACKNOWLEDGEMENTS and random.random() < 0.3:
            events.append(Event.ACKNOWLEDGE)
        if random.random() < 0.7:
            events.append(Event.RESOLVE)
        severity = random.choice((Severity.CRITICAL, Severity.WARNING))
        at = 0
        for place, event in enumerate(events):
            at = min(rounds - 1, at + random.choice((0, 1, 1)))
            rows.append(Row(incident, event, place if event is Event.REPEAT else 0, severity, at))
    return tuple(rows[:MAX_ROWS])


def _round(random: Random, channel: str) -> Round:
    dispatchers = random.choice((1, 1, 1, 1, 2, MAX_DISPATCHERS))
    return Round(
        weather=_weather(random, channel),
        dispatchers=tuple(_lives(random, dispatchers) for _ in range(dispatchers)),
        late=random.random() < 0.2,
    )


def _lives(random: Random, dispatchers: int) -> tuple[Life, ...]:
    kills = random.choice((0, 1, 1, 2, 3)) if dispatchers == 1 else random.choice((0, 0, 1, 1))
    lives = [Life(_kill(random), same_name=random.random() < 0.6) for _ in range(kills)]
    # Often the last one finishes its work; sometimes nobody comes before the clock is put forward.
    if not lives or random.random() < 0.7:
        lives.append(Life(same_name=random.random() < 0.6))
    return tuple(lives)


def _kill(random: Random) -> Kill:
    step = random.choice((Step.CLAIM, Step.CLAIM, Step.SEND, Step.SEND, Step.SEND, Step.MARK, Step.MARK, Step.OTHER))
    if step is Step.SEND:
        return Kill(step, random.choice((*Moment,)), random.choice((0, 0, 0, 1)))
    # Claims come in pairs, of suspects and of all others, and the first of them seldom finds any.
    nth = {Step.CLAIM: (0, 1, 1, 1, 3), Step.MARK: (0, 0, 0, 1, 2), Step.OTHER: range(8)}
    return Kill(step, random.choice((Moment.BEFORE, Moment.UNDER_WAY, Moment.AFTER)), random.choice(nth[step]))


def _weather(random: Random, channel: str) -> Weather:
    return FINE if random.random() < 0.3 else _failure(random, channel)


def _failure(random: Random, channel: str) -> Weather:
    """One way to misbehave, for some requests or (without ``times``) for the whole round."""
    mail = channel == "email"
    whole_round = random.random() < 0.2
    times: dict[str, Any] = {} if whole_round else {"times": random.randint(1, 4)}
    # Each of them makes dispatchers wait for their time-out, or would otherwise not be mended by waiting.
    few = {"times": random.randint(1, 3)}
    pause = {} if mail else {"retry_after": random.choice((0, 1, 60, 3600))}
    weathers = {
        "unreachable": (1, None),
        "refuse": (1, {"refuse": True, **times}),
        "stall": (1, {"stall": LONGEST_STALL, **few}),
        "late": (2, {"hang": LONGEST_STALL, **few}),
        "drop": (2, {"drop": True, **times}),
        "too many": (2, {"status": 450 if mail else 429, **pause, **times}),
        "broken": (2, {"status": random.choice((421, 451, 452) if mail else (500, 502, 503)), **times}),
        "refused for good": (1, {"status": 550 if mail else 400, **few}),
        "misconfigured": (1, {"status": 530 if mail else 403, **few}),
    }
    [name] = random.choices([*weathers], [weight for weight, _ in weathers.values()])
    fault = weathers[name][1]
    return Weather(name, fault, reachable=fault is not None)
