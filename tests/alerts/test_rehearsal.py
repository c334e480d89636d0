"""The rehearsal decides and says what the live engine does: what a replay promises is what a threshold would do."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from sms_monitoring.alerts.model import ALL
from sms_monitoring.alerts.rehearsal import Rehearsal
from sms_monitoring.alerts.store import load_threshold
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.live import ALERT, START, Live
from tests.alerts.rulefile import show_span
from tests.alerts.ruleplay import CARRY_ACKNOWLEDGEMENTS
from tests.alerts.series import Measured, Played, parse_series

CARRIERS = ("AT&T", "Verizon")


def rate(delivered, sent):
    return Measured(Decimal(100 * delivered) / sent, sent)


SLOTS = st.one_of(
    st.just("_"),
    st.sampled_from([rate(285, 300), rate(120, 300), rate(270, 300), rate(279, 300)]),
    st.sampled_from([rate(0, 1), rate(1, 1), rate(2, 12), rate(11, 12), rate(26, 30), rate(0, 12)]),
)
HOURS = st.one_of(st.tuples(SLOTS, SLOTS), st.tuples(SLOTS, SLOTS), st.tuples(SLOTS, SLOTS), st.just(("!", "!")))
# All spans of time are multiples of half an hour, so that the live engine need not follow up oftener than that.
HALF_HOURS = st.integers(1, 8).map(lambda number: 30 * number)
COLUMNS = st.fixed_dictionaries(
    {},
    optional={
        "cooldown_minutes": HALF_HOURS | st.just(0),
        "pending_evaluations": st.integers(1, 3),
        "recovery_evaluations": st.integers(1, 3),
        "recovery_threshold": st.sampled_from([92, 94]),
        "widen_to_hours": st.sampled_from([0, 2, 4]),
        "long_window_hours": st.sampled_from([0, 6, 12]),
        "long_window_minimum_sample": st.sampled_from([5, 20]),
        "no_data_policy": st.sampled_from(["alert", "keep", "ok"]),
        "evaluation_delay_hours": st.sampled_from([1, 2]),
        "repeat_interval_minutes": HALF_HOURS,
        "additional_channels": st.sampled_from([["slack"], ["email", "slack"]]),
        "escalation_channel": st.sampled_from(["email", "sms"]),
    },
)
DEEDS = st.dictionaries(st.integers(1, 15), st.sampled_from(["acknowledge", "resolve"]), max_size=4)


def rehearsed(threshold, series, deeds):
    """What the rehearsal decides and says: states, incidents, messages."""
    played = Played(alert=ALERT, start=START, series=series)
    rehearsal = Rehearsal(
        alert=ALERT, threshold=threshold, observe=played.observe, carry_acknowledgements=CARRY_ACKNOWLEDGEMENTS
    )
    for number in range(1, len(series[CARRIERS[0]]) + 1):
        now = START + number * HOUR
        if number in deeds:
            for entity in list(rehearsal.standings):
                getattr(rehearsal, deeds[number])(entity, now)
        judged = now - threshold.evaluation_delay
        # Before the first hour nothing was aggregated in the database either.
        aggregated = judged > START and "!" not in played.slots_of(judged)
        rehearsal.hour(Window(now - HOUR, now), aggregated=aggregated)
    states = [
        f"{show_span(step.window.end - START)} {step.finding.observation.entity}: {step.state}"
        f" ({step.finding.judgement.reason} over {show_span(step.finding.window.end - step.finding.window.start)})"
        for step in rehearsal.steps
    ]
    incidents = [
        (f"{show_span(each.began - START)} to " + (show_span(each.ended - START) if each.ended else "now"), each.entity)
        for each in rehearsal.episodes
    ]
    said = [
        f"{show_span(each.at - START)} {each.event} {' '.join(sorted(each.channels))}"
        + ("" if each.entity == ALL else f" of {each.entity}")
        for each in rehearsal.said
    ]
    return sorted(states), sorted(incidents), sorted(said)


def lived(live, series, deeds):
    """The same of the live engine, hour by hour."""
    for number, hour in enumerate(zip(*series.values(), strict=True), 1):
        live.write(live.now, dict(zip(series, hour, strict=True)))
        live.at += HOUR
        if number in deeds:
            getattr(live, deeds[number])()
        live.evaluate()
        for delay in live.follow_ups:
            live.follow_up(live.now + delay)
    evaluations = live.conn.execute(
        "SELECT window_end, entity, state, reason, window_end - window_start FROM sms_alert_evaluations"
    ).fetchall()
    states = [
        f"{show_span(end - START)} {entity}: {state} ({reason} over {show_span(span)})"
        for end, entity, state, reason, span in evaluations
    ]
    incidents = live.conn.execute("SELECT triggered_at, resolved_at, entity FROM sms_alert_history").fetchall()
    spans = [
        (f"{show_span(began - START)} to " + (show_span(ended - START) if ended else "now"), entity)
        for began, ended, entity in incidents
    ]
    return sorted(states), sorted(spans), sorted(line for line in live.said() if not line.endswith(")"))


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(hours=st.lists(HOURS, min_size=10, max_size=16), columns=COLUMNS, deeds=DEEDS)
@example(
    hours=list(
        zip(parse_series("97/300 40/300x6 97/300x3"), parse_series("40/300x2 97/300x2 40/300x3 _x3"), strict=True)
    ),
    columns={"cooldown_minutes": 240, "repeat_interval_minutes": 120, "escalation_channel": "email"},
    deeds={5: "acknowledge", 7: "resolve"},
)
@example(  # nothing seen at first; then one falls silent, and a person resolves what that made
    hours=[*zip(parse_series("_x2 97/300x8"), parse_series("_x3 97/300x2 _x4 97/300"), strict=True)],
    columns={"no_data_policy": "alert"},
    deeds={7: "acknowledge", 8: "resolve"},
)
def test_the_rehearsal_and_the_live_engine_decide_and_say_the_same(live_carriers, hours, columns, deeds):
    conn = live_carriers.conn
    with conn.transaction(force_rollback=True):
        live = Live(conn=conn)
        if "escalation_channel" in columns:
            columns = {**columns, "escalate_after_minutes": 90}
        live.threshold(**{"enabled": True, **columns})
        series = dict(zip(CARRIERS, zip(*hours, strict=True), strict=True))
        assert rehearsed(load_threshold(conn, ALERT.name), series, deeds) == lived(live, series, deeds)


# ── What the rehearsal adds ──────────────────────────────────────────────────────────────────


def rehearsal(series, **changes):
    """The rehearsal after these hours."""
    from tests.alerts.rulefile import RULES, read_rules, threshold_of

    slots = parse_series(series)
    played = Played(alert=ALERT, start=START, series={"all": slots})
    shipped = read_rules(RULES / f"{ALERT.name}.yaml").shipped
    found = Rehearsal(alert=ALERT, threshold=threshold_of(ALERT.name, {**shipped, **changes}), observe=played.observe)
    for number in range(1, len(slots) + 1):
        found.hour(Window(START + (number - 1) * HOUR, START + number * HOUR))
    return found


def test_an_episode_has_a_beginning_an_end_and_its_worst_hour():
    [episode] = rehearsal("97/300 40/300 10/300 60/300 97/300x2").episodes
    assert (episode.began, episode.ended) == (START + 2 * HOUR, START + 6 * HOUR)
    assert episode.worst.observation.value == 10
    assert episode.was_told


def test_an_episode_inside_the_cooldown_is_one_that_nobody_hears_of():
    told, untold = rehearsal("40/300 97/300x2 40/300 97/300x2", cooldown_minutes=600).episodes
    assert (told.was_told, untold.was_told) == (True, False)


def test_a_series_without_an_incident_says_nothing():
    quiet = rehearsal("97/300x24")
    assert (quiet.episodes, quiet.said) == ([], [])
    assert [step.state for step in quiet.steps] == ["ok"] * 24


@pytest.mark.parametrize("deed", ["acknowledge", "resolve"])
def test_a_person_can_do_nothing_where_there_is_no_incident(deed):
    quiet = rehearsal("97/300x2")
    getattr(quiet, deed)("all", START + timedelta(hours=2))
    getattr(quiet, deed)("nobody", START + timedelta(hours=2))
    assert quiet.said == []


def test_a_year_of_hours_takes_seconds():
    """Not measured here; this shows only that nothing grows with the hours that are past."""
    year = rehearsal("(97/300x20 40/300x4)x30")
    assert len(year.episodes) == 30
    assert len(year.standings) == 1
