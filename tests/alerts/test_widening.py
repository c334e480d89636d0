"""Which window decides. Given what each window holds, expect the one that is judged. No database.

Windows end at noon; what they hold is written by their length: ``{1: "40/5", 2: "40/12"}`` is 40 % of 5 messages in the
last hour and 40 % of 12 in the last two.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from sms_monitoring.alerts.model import AlertType, Measure, Observation, Standing, State
from sms_monitoring.alerts.widening import NOT_AGGREGATED, QUERY_FAILED, blind, ladder, look, shortest_window
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.series import parse_series
from tests.alerts.test_judge import threshold
from tests.product import at

NOON = at("12:00")
LAST_HOUR = Window(NOON - HOUR, NOON)


def alert(measure=Measure.RATE, hours=1):
    return AlertType(
        name="some_alert", title="Some alert", measure=measure, unit="%", length=hours * HOUR, families=("delivery",)
    )


def observed(entity, value, sample):
    return Observation(entity=entity, value=Decimal(value), sample_size=sample)


def hours(number):
    return timedelta(hours=number)


def rungs(measure=Measure.RATE, length=1, **changes):
    changes = {name: hours(value) if name in ("widen_to", "long_window") else value for name, value in changes.items()}
    window = LAST_HOUR.reaching_back(hours(length))
    found = ladder(alert(measure, length), threshold(minimum_sample=30, **changes), window)
    assert all(rung.window.end == NOON for rung in found)
    return [((rung.window.end - rung.window.start) // HOUR, rung.minimum_sample) for rung in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [(1, 30), (2, 30), (4, 30), (8, 30), (16, 30), (24, 30), (48, 10), (96, 10), (192, 10)]),
        ({"length": 24}, [(24, 30), (48, 10), (96, 10), (192, 10)]),
        ({"widen_to": 4, "long_window": 0}, [(1, 30), (2, 30), (4, 30)]),
        ({"widen_to": 6, "long_window": 20}, [(1, 30), (2, 30), (4, 30), (6, 30), (12, 10), (20, 10)]),
        ({"widen_to": 0, "long_window": 0}, [(1, 30)]),
        ({"widen_to": 1, "long_window": 1}, [(1, 30)]),
        ({"widen_to": 8, "long_window": 4}, [(1, 30), (2, 30), (4, 30), (8, 30)]),
        ({"long_window_minimum_sample": 500, "widen_to": 2, "long_window": 4}, [(1, 30), (2, 30), (4, 30)]),
        ({"measure": Measure.VALUE}, [(1, 30)]),
        ({"measure": Measure.VALUE, "length": 24}, [(24, 30)]),
    ],
    ids=str,
)
def test_the_ladder_doubles_up_to_its_limits_and_asks_for_less_beyond_the_first(changes, expected):
    assert rungs(**changes) == expected


@pytest.mark.parametrize(
    ("delay", "length", "expected"),
    [
        (0, 1, ("11:00", "12:00")),
        (2, 1, ("09:00", "10:00")),
        (0, 24, ("2026-03-09 12:00", "12:00")),
        (1, 3, ("08:00", "11:00")),
    ],
)
def test_the_shortest_window_is_as_long_as_the_alerts_and_ends_after_the_delay(delay, length, expected):
    delayed = threshold(evaluation_delay=hours(delay))
    assert shortest_window(alert(hours=length), delayed, LAST_HOUR) == Window(*map(at, expected))


class Windows:
    """Answers for the SELECT, and remembers which windows it was asked for. A length not given holds what the next
    shorter one does."""

    def __init__(self, holds):
        self.holds = {length: parse_series(text)[0] for length, text in holds.items()}
        self.asked = []

    def __call__(self, window):
        length = (window.end - window.start) // HOUR
        self.asked.append(length)
        slot = self.holds[max(known for known in self.holds if known <= length)]
        return [] if slot == "_" else [Observation(value=slot.value, sample_size=slot.sample)]


def judged(holds, measure=Measure.RATE, standing=None, **changes):
    """The length of the window that decided, its verdict and why, and which windows were looked at."""
    windows = Windows(holds)
    standings = {"all": standing} if standing else {}
    found = look(windows, alert(measure), threshold(minimum_sample=30, **changes), LAST_HOUR, standings)
    [finding] = found.values()
    length = (finding.window.end - finding.window.start) // HOUR
    return (length, finding.judgement.verdict.value, finding.judgement.reason.value), windows.asked


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ({1: "97/300"}, (1, "ok", "within_threshold")),
        ({1: "40/300"}, (1, "breach", "past_threshold")),
        ({1: "40/300", 2: "97/9000"}, (1, "breach", "past_threshold")),
        ({1: "0/5", 2: "40/29", 4: "40/30"}, (4, "breach", "past_threshold")),
        ({1: "0/5", 2: "99/300"}, (2, "ok", "within_threshold")),
        ({1: "100/5", 2: "40/300"}, (2, "breach", "past_threshold")),
        ({1: "0/1"}, (1, "insufficient_data", "sample_too_small")),
        ({1: "0/1", 24: "0/9"}, (1, "insufficient_data", "sample_too_small")),
        ({1: "0/1", 24: "0/10"}, (48, "breach", "past_threshold")),
        ({1: "0/1", 192: "10/40"}, (192, "breach", "past_threshold")),
        ({1: "100/1", 192: "99/40"}, (192, "ok", "within_threshold")),
    ],
    ids=str,
)
def test_a_small_sample_is_judged_over_the_shortest_window_that_can_tell(holds, expected):
    found, _ = judged(holds)
    assert found == expected


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        # 86.7 % of 30 is suspicious, no more.
        ({1: "86.7/30"}, (1, "insufficient_data", "not_significant")),
        ({1: "86.7/30", 2: "97/300"}, (1, "insufficient_data", "not_significant")),
        ({1: "86.7/30", 2: "86.7/60", 4: "80/300"}, (4, "breach", "past_threshold")),
        ({1: "86.7/30", 2: "97/300", 4: "40/3000"}, (1, "insufficient_data", "not_significant")),
        # Neither is a small sample cleared that a longer window finds suspicious.
        ({1: "0/5", 2: "86.7/30", 4: "97/300"}, (2, "insufficient_data", "not_significant")),
    ],
    ids=str,
)
def test_a_suspicious_window_is_confirmed_by_a_longer_one_but_never_cleared(holds, expected):
    found, _ = judged(holds)
    assert found == expected


@pytest.mark.parametrize(
    ("holds", "measure", "expected"),
    [
        ({1: "97/300"}, Measure.RATE, [1]),
        ({1: "40/300"}, Measure.RATE, [1]),
        ({1: "_", 2: "40/300"}, Measure.RATE, [1]),
        ({1: "null/0", 2: "40/300"}, Measure.RATE, [1]),
        ({1: "null/40", 2: "40/300"}, Measure.RATE, [1]),
        ({1: "40/5", 2: "40/300"}, Measure.VALUE, [1]),
        ({1: "0/5", 8: "40/300"}, Measure.RATE, [1, 2, 4, 8]),
        ({1: "0/1"}, Measure.RATE, [1, 2, 4, 8, 16, 24, 48, 96, 192]),
    ],
    ids=str,
)
def test_no_more_windows_are_looked_at_than_it_takes(holds, measure, expected):
    _, asked = judged(holds, measure)
    assert asked == expected


@pytest.mark.parametrize(
    ("clear_for", "expected", "asked"),
    [
        (None, (4, "breach", "past_threshold"), [1, 2, 4]),
        (4, (4, "breach", "past_threshold"), [1, 2, 4]),
        (3, (1, "insufficient_data", "sample_too_small"), [1, 2]),
        (1, (1, "insufficient_data", "sample_too_small"), [1]),
    ],
)
def test_no_window_reaches_back_into_an_incident_that_is_over(clear_for, expected, asked):
    standing = Standing(entity="all", state=State.OK, clear_since=clear_for and NOON - hours(clear_for))
    assert judged({1: "0/5", 4: "10/40"}, standing=standing) == (expected, asked)


def test_the_alerts_own_window_is_judged_even_where_it_reaches_back_into_one():
    standing = Standing(entity="all", state=State.OK, clear_since=NOON - timedelta(minutes=30))
    assert judged({1: "40/300"}, standing=standing)[0] == (1, "breach", "past_threshold")


@pytest.mark.parametrize(("incident_id", "reason"), [(uuid4(), "not_recovered"), (None, "within_threshold")])
def test_only_of_an_open_incident_the_recovery_threshold_is_asked_for_also_over_longer_windows(incident_id, reason):
    standing = Standing(entity="all", incident_id=incident_id)
    found, _ = judged({1: "93/5", 2: "93/300"}, standing=standing, recovery_threshold=95)
    assert found == (2, "ok", reason)


def test_an_entity_that_fell_silent_has_no_data_however_much_the_past_holds():
    """One silent series among ten: nine others that speak, and a day full of its own past, do not hide it."""
    silent, *speaking = [f"carrier {number}" for number in range(10)]

    def observe(window):
        talk = [observed(name, 97, 5) for name in speaking]
        return talk if window == LAST_HOUR else [*talk, observed(silent, 97, 9000)]

    standings = {name: Standing(entity=name, state=State.OK) for name in (silent, *speaking)}
    found = look(observe, alert(), threshold(), LAST_HOUR, standings)
    assert found.keys() == {silent, *speaking}
    assert found[silent].judgement.reason == "no_rows"
    assert found[silent].window == LAST_HOUR
    assert found[silent].observation.sample_size is None


def test_entities_are_judged_over_windows_of_their_own_and_the_select_runs_once_a_window():
    asked = []

    def observe(window):
        length = (window.end - window.start) // HOUR
        asked.append(length)
        yield observed("big", 40, 300 * length)
        yield observed("small", 40, 10 * length)
        yield observed("tiny", 40, 4 * length)
        if length > 1:
            yield observed("long gone", 40, 300)

    found = look(observe, alert(), threshold(), LAST_HOUR, {})
    lengths = {name: (finding.window.end - finding.window.start) // HOUR for name, finding in found.items()}
    assert lengths == {"big": 1, "small": 4, "tiny": 8}
    assert {finding.judgement.verdict.value for finding in found.values()} == {"breach"}
    assert asked == [1, 2, 4, 8]


def test_one_of_many_that_may_not_reach_back_does_not_keep_the_others_from_it():
    def observe(window):
        length = (window.end - window.start) // HOUR
        return [observed(name, 0, 10 * length) for name in ("recovered", "other")]

    standings = {"recovered": Standing(entity="recovered", clear_since=NOON - HOUR)}
    found = look(observe, alert(), threshold(), LAST_HOUR, standings)
    assert found["recovered"].judgement.verdict == "insufficient_data"
    assert found["other"].judgement.verdict == "breach"


def test_where_nothing_was_ever_seen_the_whole_system_has_no_data():
    found = look(lambda _: [], alert(), threshold(), LAST_HOUR, {})
    assert {name: finding.judgement.reason.value for name, finding in found.items()} == {"all": "no_rows"}


@pytest.mark.parametrize(
    ("seen", "observed_now", "expected"),
    [
        (False, ["Verizon"], {"all": "seen_at_last", "Verizon": "within_threshold"}),
        (False, [], {"all": "no_rows"}),
        (False, ["all", "Verizon"], {"all": "within_threshold", "Verizon": "within_threshold"}),
        (True, ["Verizon"], {"all": "no_rows", "Verizon": "within_threshold"}),
    ],
)
def test_the_whole_system_stands_in_only_until_another_entity_is_seen(seen, observed_now, expected):
    standings = {"all": Standing(entity="all", state=State.NO_DATA, seen=seen)}
    rows = [observed(name, 97, 300) for name in observed_now]
    found = look(lambda _: rows, alert(), threshold(), LAST_HOUR, standings)
    assert {name: finding.judgement.reason.value for name, finding in found.items()} == expected


@pytest.mark.parametrize("judgement", [NOT_AGGREGATED, QUERY_FAILED])
@pytest.mark.parametrize(("known", "expected"), [((), ["all"]), (("Verizon", "AT&T"), ["AT&T", "Verizon"])])
def test_blind_is_a_finding_without_a_value_for_every_entity(judgement, known, expected):
    found = blind(judgement, LAST_HOUR, {name: Standing(entity=name) for name in known})
    assert list(found) == expected
    for name, finding in found.items():
        assert (finding.observation, finding.judgement, finding.window) == (
            Observation(entity=name),
            judgement,
            LAST_HOUR,
        )
