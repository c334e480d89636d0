"""What alert engines are known to get wrong, each by its name: evaluated, followed up and delivered on a real database.

Times are counted from 08:00 on: "3h trigger pagerduty" is the trigger of the run that judged the third hour. How hours
are written (``40/300x2``) is described in ``rules/README.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from airflow.sdk.api.datamodels._generated import DagRunType

from sms_monitoring.notify.channels.base import Delivered
from sms_monitoring.notify.dispatch import dispatch
from sms_monitoring.notify.message import Message
from sms_monitoring.runs import FRESHNESS_LIMIT, is_history
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.series import parse_series

BAD, GOOD, FEW = "40/300", "97/300", "100/5"


class Heard:
    """A channel that takes everything, and what it was told: "trigger", "resolve" …"""

    seconds_between_messages = 0.0
    group_size = 10

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, messages: Sequence[Message]) -> Delivered:
        self.messages += messages
        return Delivered()

    @property
    def events(self) -> list[str]:
        return [message.event.value for message in self.messages]


@pytest.fixture
def deliver(db):
    """Dispatches PagerDuty's outbox; returns all that PagerDuty has heard so far."""
    heard = Heard()

    def run() -> list[str]:
        dispatch(db, "pagerduty", "worker", load=lambda _: heard, pause=lambda _: None)
        return heard.events

    return run


# ── Flapping ─────────────────────────────────────────────────────────────────────────────────


def test_a_flapping_alert_does_not_fire_once_and_never_again(live, deliver):
    """An alert that came and went within its cooldown was never said again: the state stayed "already announced"."""
    live.threshold(cooldown_minutes=180)
    heard = []
    for _ in range(4):
        live.run(f"{BAD}x2 {GOOD}x4")
        heard = deliver()
    assert heard == ["trigger", "resolve"] * 4
    assert [line.split(" to ")[0] for line in live.incidents()] == ["1h", "7h", "13h", "19h"]


def test_a_flapping_alert_that_comes_back_within_the_cooldown_and_stays_is_told_when_the_cooldown_is_over(
    live, deliver
):
    """The cooldown dropped the second incident instead of holding it back, and nobody heard of it while it lasted."""
    live.threshold(cooldown_minutes=240)
    live.run(f"{BAD} {GOOD}x2 {BAD}x4")
    assert live.said() == [
        "1h trigger pagerduty",
        "3h resolve pagerduty",
        "4h trigger pagerduty (cooldown)",
        "5h trigger pagerduty",
    ]
    assert sorted(deliver()) == ["resolve", "trigger", "trigger"]


def test_a_flapping_alert_is_one_incident_and_not_a_page_an_hour(live, deliver):
    """Every good hour ended the incident and every bad one began another: a page each."""
    live.run(f"({BAD} {GOOD})x6")
    assert deliver() == ["trigger"]
    assert live.incidents() == ["1h to now"]


# ── Resolved ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "end",
    [
        lambda live: live.run(f"{GOOD}x2"),
        lambda live: live.run(f"{GOOD} _x3 {GOOD}"),
        lambda live: (live.resolve(), live.follow_up()),
        lambda live: (live.threshold(enabled=False), live.evaluate()),
        lambda live: (live.threshold(threshold_value=20), live.run(f"{BAD}x2")),
        lambda live: (live.threshold(notification_channel="slack"), live.run(f"{GOOD}x2")),
        lambda live: (live.threshold(widen_to_hours=2), live.run("100/20x3 100/30")),
    ],
    ids=["recovered", "with gaps", "by a person", "disabled", "threshold lowered", "channel changed", "little traffic"],
)
def test_a_resolve_always_comes(live, deliver, end):
    """However an incident ends, it is said to end where it was said to begin: else PagerDuty shows it for ever."""
    live.run(f"{BAD}x2")
    assert deliver() == ["trigger"]
    end(live)
    assert deliver() == ["trigger", "resolve"]
    assert "now" not in live.incidents()[0]


def test_a_resolve_comes_though_the_run_that_should_have_said_it_was_lost(live, deliver):
    """The hour in which it recovered was never evaluated (the scheduler was down): the next ones still end it."""
    live.run(BAD)
    live.at += 5 * HOUR
    live.run(f"{GOOD}x2")
    assert deliver() == ["trigger", "resolve"]


def test_recovery_takes_more_than_a_single_good_hour(live, deliver):
    """One good hour between bad ones was "resolved", and the next hour paged again."""
    live.run(f"{BAD}x2 {GOOD}")
    assert live.states() == "firing firing recovering"
    live.run(f"{BAD} {GOOD}x2")
    assert live.states() == "firing firing recovering firing recovering ok"
    assert live.said() == ["1h trigger pagerduty", "6h resolve pagerduty"]
    assert deliver() == ["trigger", "resolve"]


@pytest.mark.parametrize(
    "held",
    [
        lambda live: live.silence(live.start, live.start + 9 * HOUR),
        lambda live: live.threshold(cooldown_minutes=600),
        lambda live: live.conn.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN NEW.status := 'failed'; RETURN NEW; END$$;"
            "CREATE TRIGGER fail BEFORE INSERT ON sms_alert_notifications FOR EACH ROW"
            " WHEN (NEW.event = 'trigger') EXECUTE FUNCTION fail()"
        ),
    ],
    ids=["silenced", "cooling down", "not delivered"],
)
def test_nobody_hears_resolved_who_did_not_hear_firing(live, deliver, held):
    """The trigger was held back or could not be delivered, and "resolved" came out of nowhere."""
    live.run(f"{BAD} {GOOD}x2")
    before = deliver()
    held(live)
    live.run(f"{BAD} {GOOD}x3")
    assert deliver() == before == ["trigger", "resolve"]
    assert live.incidents()[-1].endswith("recovered"), "it was an incident all the same"


# ── Data that is missing, late, or about the past ────────────────────────────────────────────


@pytest.mark.parametrize("gap", ["_x6", "!x6", f"{FEW} _ ! {FEW}", "0/1x6", "_x30"])
def test_a_data_gap_says_no_false_resolved(live, deliver, gap):
    """No rows were read as no failures: an outage that stopped the traffic too was "resolved"."""
    live.run(f"{BAD} {gap}")
    assert deliver() == ["trigger"]
    assert live.incidents() == ["1h to now"]
    live.run(BAD)
    assert deliver() == ["trigger"], "and it is not a new one when the data is back"


def test_a_query_that_fails_says_no_false_resolved(live, deliver, db):
    """A SELECT that broke was no breach, so the incident was "resolved"."""
    live.run(BAD)
    db.execute("ALTER TABLE sms_metrics_hourly RENAME COLUMN dimension_value TO renamed")
    live.aggregated(live.now)
    live.at += HOUR
    with pytest.raises(psycopg.errors.UndefinedColumn):
        live.evaluate()
    live.follow_up()
    assert live.states() == "firing error"
    assert live.incidents() == ["1h to now"]
    assert deliver() == ["trigger"]


def test_one_silent_series_among_ten_is_seen(live_carriers):
    """Nine carriers that speak made the tenth's silence invisible: its row was missing, so nothing was judged."""
    live = live_carriers
    live.threshold(no_data_policy="alert")
    talk = {f"carrier {number}": f"{GOOD}x3" for number in range(9)}
    live.run({**talk, "carrier 9": f"{GOOD}x2 _"})
    assert live.states("carrier 9") == "ok ok firing"
    assert {live.states(name) for name in talk} == {"ok ok ok"}
    assert live.said() == ["3h trigger pagerduty of carrier 9"]
    [message] = live.messages("trigger")
    assert message["title"] == "SMS delivery rate is low: no data"
    assert "at carrier 9" in message["summary"]


def test_one_silent_series_among_ten_has_a_state_of_its_own_and_keeps_its_incident(live_carriers):
    """By default silence is not an alarm, but it is on record, and the incident of that carrier stays open."""
    live = live_carriers
    talk = {f"carrier {number}": f"{GOOD}x4" for number in range(9)}
    live.run({**talk, "carrier 9": f"{BAD}x2 _x2"})
    assert live.states("carrier 9") == "firing firing no_data no_data"
    assert live.incidents() == ["1h to now of carrier 9"]
    assert live.said() == ["1h trigger pagerduty of carrier 9"]


def test_a_series_that_ended_long_ago_is_forgotten_unless_it_has_an_incident(live_carriers, db):
    """Every campaign that ever was is "missing" for ever."""
    live = live_carriers
    live.run({"ended": GOOD, "ended in an incident": BAD, "lives": GOOD})
    live.at += timedelta(days=15)
    live.run({"ended": "_", "ended in an incident": "_", "lives": GOOD})
    known = db.execute("SELECT entity, state FROM sms_alert_state ORDER BY entity").fetchall()
    assert known == [("ended in an incident", "no_data"), ("lives", "ok")]


@pytest.mark.parametrize("policy", ["keep", "ok"])
def test_a_series_that_ended_long_ago_is_forgotten_whatever_no_data_means(live_carriers, db, policy):
    """Where no data is fine, every campaign that ever was is "ok" for ever, and judged every hour."""
    live = live_carriers
    live.threshold(no_data_policy=policy)
    live.run({"ended": GOOD, "lives": GOOD})
    live.at += timedelta(days=15)
    live.run({"ended": "_", "lives": GOOD})
    assert db.execute("SELECT entity FROM sms_alert_state").fetchall() == [("lives",)]


@pytest.mark.parametrize(("policy", "expected"), [("keep", []), ("ok", []), ("alert", ["1h to 4h recovered"])])
def test_a_whole_system_that_was_never_seen_is_not_missing_once_a_first_series_is(live_carriers, db, policy, expected):
    """Before the first message there is no series yet; what stood in for them was "no data" for ever after."""
    live = live_carriers
    live.threshold(no_data_policy=policy)
    live.run({"Verizon": f"_x2 {GOOD}x3"})
    assert live.incidents() == expected
    assert db.execute("SELECT entity, state FROM sms_alert_state").fetchall() == [("Verizon", "ok")]


def test_a_partial_hour_is_not_judged(live, deliver, db):
    """Aggregated at 08:30, the hour from 08:00 on held half its messages and almost no receipts: a page."""
    live.write(live.now, {"all": parse_series(BAD)[0]})
    live.aggregated(live.now, aggregated_at=live.now + timedelta(minutes=30))
    live.at += HOUR
    live.evaluate()
    assert live.states() == "no_data"
    assert db.execute("SELECT reason FROM sms_alert_evaluations").fetchall() == [("not_aggregated",)]
    assert deliver() == []


def test_an_hour_that_is_not_complete_is_judged_when_it_is(live, deliver):
    """Receipts arrive late: with an evaluation delay the hour before the last is judged, on what it holds by then."""
    live.threshold(evaluation_delay_hours=1)
    live.run(BAD)  # so far
    live.write(live.start, {"all": parse_series(GOOD)[0]})  # with the receipts that came later
    live.run(f"{GOOD}x2")
    assert live.states() == "no_data ok ok"
    assert deliver() == []


@pytest.mark.parametrize("run_type", ["backfill", "scheduled"])
def test_a_backfill_pages_nobody(live, deliver, db, run_type):
    """Old hours evaluated again paged for outages of last week, and "resolved" the one of today."""
    live.run(f"{GOOD} {BAD}x2")
    assert deliver() == ["trigger"]
    states = db.execute("SELECT * FROM sms_alert_state").fetchall()
    now = live.now + timedelta(days=7)
    for hour, slot in enumerate((BAD, GOOD, GOOD, BAD)):
        window = Window(live.start - (9 - hour) * HOUR, live.start - (8 - hour) * HOUR)
        live.write(window.start, {"all": parse_series(slot)[0]})
        context = {"dag_run": SimpleNamespace(run_type=DagRunType(run_type))}
        live.evaluate(window=window, now=now, replay=is_history(context, window.end, now))
    live.follow_up()
    assert deliver() == ["trigger"]
    assert live.incidents() == ["2h to now"]
    assert db.execute("SELECT * FROM sms_alert_state").fetchall() == states
    replayed = db.execute("SELECT verdict FROM sms_alert_evaluations WHERE replayed ORDER BY window_end").fetchall()
    assert [verdict for (verdict,) in replayed] == ["breach", "ok", "ok", "breach"], "it is on record"


def test_an_hour_older_than_the_newest_judged_pages_nobody_though_it_is_no_backfill(live, deliver):
    """A cleared task of this morning, fresh enough not to be history, undid what was decided since."""
    live.run(f"{GOOD}x3")
    window = Window(live.start, live.start + HOUR)
    assert live.now - window.end < FRESHNESS_LIMIT
    live.write(window.start, {"all": parse_series(BAD)[0]})
    live.evaluate(window=window)
    assert live.states() == "ok - ok ok"
    assert deliver() == []


# ── Little traffic ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hours", [f"{GOOD}x4 0/1", "_x5 0/1 _x5", f"({FEW} _)x4 0/1", "0/1", "50/2 _ 0/1"])
def test_one_error_at_low_traffic_pages_nobody(live, deliver, hours):
    """One failed message of one at night is 0 %, far below 90 %."""
    live.run(hours)
    assert live.incidents() == []
    assert deliver() == []


def test_a_steady_90_percent_failure_at_low_traffic_pages(live, deliver):
    """Five messages a day are never a sample of 30, and so eight days of failures were "insufficient data"."""
    live.run("_x10 0/1x4 100/1 _x9")
    assert set(live.states().split()) == {"no_data", "insufficient_data"}
    live.run("_x10 0/1x4")
    assert deliver() == [], "nine messages are too few, over however many days"
    live.run("0/1 _x9")
    assert deliver() == ["trigger"], "ten are not"
    for _ in range(6):
        live.pass_by("_x10 0/1x4 100/1 _x9")
    live.run("_x10 0/1x5")
    assert deliver() == ["trigger"]
    assert live.incidents() == ["39h to now"]


def test_a_failure_at_low_traffic_that_nobody_looked_at_for_eight_days_pages(live, deliver):
    """Two messages a day, all lost, while the alert was switched off: none of them was judged."""
    live.threshold(enabled=False)
    live.pass_by("(_x10 0/1x2 _x12)x7")
    live.threshold(enabled=True)
    live.run("_x10 0/1x2")
    assert deliver() == ["trigger"]


# ── Quiet hours ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def quiet_hours(live):
    """Nobody is told anything from 09:00 to 13:00 in UTC, on any day."""
    live.silence(
        datetime(2026, 1, 1, tzinfo=live.start.tzinfo), None, local_start="09:00", local_end="13:00", time_zone="UTC"
    )
    return live


def test_quiet_hours_skip_no_evaluation(quiet_hours, deliver, db):
    """Muted hours were not evaluated: history had a hole, and what began in them was not known after them."""
    quiet_hours.run(f"{BAD}x4")
    assert quiet_hours.states() == "firing firing firing firing"
    assert db.execute("SELECT count(*) FROM sms_alert_evaluations WHERE verdict = 'breach'").fetchone() == (4,)
    assert quiet_hours.incidents() == ["1h to now"]
    assert quiet_hours.said() == ["1h trigger pagerduty (muted)"]
    assert deliver() == []


def test_what_outlasts_quiet_hours_is_told_after_them(quiet_hours, deliver):
    """What began in quiet hours was never said at all, for it was no news in the morning."""
    quiet_hours.run(f"{BAD}x7")
    assert quiet_hours.said() == ["1h trigger pagerduty (muted)", "5h trigger pagerduty"]
    assert quiet_hours.transitions()[1:] == ["firing → firing: muted", "firing → firing: announced"]
    assert deliver() == ["trigger"]
    [_, told] = quiet_hours.messages("trigger")
    assert told["summary"].startswith("SMS delivery rate is low: for 4 h 00 min, held back until now.")


def test_what_ends_in_quiet_hours_is_on_record_and_disturbs_nobody(quiet_hours, deliver):
    """The end of what was muted was told, at night, to people who had not heard of its beginning."""
    quiet_hours.run(f"{BAD} {GOOD}x6")
    assert quiet_hours.incidents() == ["1h to 3h recovered"]
    assert deliver() == []


def test_what_began_before_quiet_hours_is_told_to_be_over_in_them(live, deliver):
    """The end fell into quiet hours and was lost: PagerDuty showed the incident for ever."""
    live.run(BAD)
    live.silence(live.start, None, local_start="09:30", local_end="13:00", time_zone="UTC")
    live.run(f"{GOOD}x2")
    assert deliver() == ["trigger", "resolve"]


# ── Twice ────────────────────────────────────────────────────────────────────────────────────


def test_an_hour_evaluated_again_and_again_says_everything_once(live, deliver):
    """Retries and cleared tasks paged each time."""
    live.threshold(cooldown_minutes=0)
    for series in (BAD, GOOD, GOOD):
        live.run(series)
        for _ in range(3):
            live.evaluate()
            live.follow_up()
        deliver()
    assert deliver() == ["trigger", "resolve"]
    assert live.incidents() == ["1h to 3h recovered"]


def test_an_evaluator_that_dies_after_its_decision_leaves_nothing_half_done(live, db):
    """History was written and the notification was not, or the other way round."""
    live.write(live.now, {"all": parse_series(BAD)[0]})
    live.at += HOUR
    db.execute(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'disk full'; END$$;"
        "CREATE TRIGGER fail BEFORE INSERT ON sms_alert_notifications FOR EACH ROW EXECUTE FUNCTION fail()"
    )
    with pytest.raises(psycopg.errors.RaiseException, match="disk full"):
        live.evaluate()
    assert live.incidents() == live.said() == live.transitions() == []
    db.execute("DROP TRIGGER fail ON sms_alert_notifications")
    live.evaluate()
    assert live.incidents() == ["1h to now"]
    assert live.said() == ["1h trigger pagerduty"]
