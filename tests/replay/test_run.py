"""Given these hours and this proposal, expect these firings, catches and messages. The live engine made the history."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.alerts import store
from sms_monitoring.alerts.model import Verdict
from sms_monitoring.notify.message import Event
from sms_monitoring.replay.run import replay
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.live import ALERT, START, Live

# Fires at 90 %: an outage at the 25th hour, and a dip that a threshold of 80 % does not see at the 38th.
OUTAGE_AND_DIP = "97/300x24 40/300x3 97/300x10 84/300x2 97/300x9"


def hour(moment):
    """Hours since the history began."""
    return (moment - START) / HOUR


def firings(outcome):
    return [(hour(each.began), each.ended and hour(each.ended)) for each in outcome.firings]


def messages(outcome):
    return {f"{channel} {event}": count for (channel, event), count in outcome.messages.items()}


def hashes(conn):
    """Of every table but those of metrics: what live state is."""
    tables = conn.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        " AND table_type = 'BASE TABLE' AND table_name ~ '^sms_(alert|notification|threshold)'"
    ).fetchall()
    assert len(tables) > 8
    return {
        name: conn.execute(
            f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t"
        ).fetchone()
        for (name,) in tables
    }


def test_the_threshold_as_it_is_fires_as_it_did(live, replayed):
    live.run(OUTAGE_AND_DIP)
    result = replayed()
    assert firings(result.current) == firings(result.proposed) == [(25, 29), (38, 41)]
    assert messages(result.proposed) == {"pagerduty trigger": 2, "pagerduty resolve": 2}
    assert [hour(match.firing.began) for match in result.proposed.comparison.caught] == [25, 38]
    assert result.proposed.comparison.new == ()
    assert result.proposed.firing_time == timedelta(hours=7)
    assert result.proposed.longest == timedelta(hours=4)


def test_a_lower_threshold_misses_the_dip_and_says_less(live, replayed):
    live.run(OUTAGE_AND_DIP)
    result = replayed(threshold_value=80)
    assert firings(result.proposed) == [(25, 29)]
    assert [hour(match.incident.triggered_at) for match in result.proposed.comparison.missed] == [38]
    assert result.proposed.message_count == 2
    assert firings(result.current) == [(25, 29), (38, 41)], "beside it stands what is set now"
    assert len(result.current.comparison.caught) == 2


def test_what_only_the_proposal_fires_for_is_new(live, replayed):
    live.run("97/300x6 84/300x2 97/300x6")
    live.conn.execute("DELETE FROM sms_alert_notifications")
    live.conn.execute("UPDATE sms_alert_state SET incident_id = NULL")
    live.conn.execute("DELETE FROM sms_alert_transitions")
    live.conn.execute("DELETE FROM sms_alert_history")
    result = replayed()
    assert [hour(firing.began) for firing in result.proposed.comparison.new] == [7]
    assert result.incidents == ()


def test_a_longer_pending_catches_later_and_a_better_threshold_earlier(live, replayed):
    live.run("97/300x6 85/300 40/300x3 97/300x6")
    live.threshold(threshold_value=80)
    assert [match.lead for match in replayed(threshold_value=80, pending_evaluations=2).proposed.comparison.caught] == [
        timedelta(hours=-2)
    ]
    live.person(resolved_at=live.now, resolved_by="ann")
    assert [match.lead for match in replayed(threshold_value=90).proposed.comparison.caught] == [timedelta(0)]


def test_the_worst_value_and_its_sample(live, replayed):
    live.run("97/300x4 60/300 40/200 50/300 97/300x3")
    [firing] = replayed().proposed.firings
    assert (firing.worst, firing.sample_size) == (40, 200)


def test_repeats_and_escalations_are_messages_too(live, replayed):
    live.run("97/300x2 40/300x6 97/300x3")
    result = replayed(
        repeat_interval_minutes=120,
        additional_channels=["slack"],
        escalation_channel="email",
        escalate_after_minutes=30,
    )
    # Told at the third hour, repeated every two until the data is good again.
    assert messages(result.proposed) == {
        "pagerduty trigger": 1,
        "slack trigger": 1,
        "email escalate": 1,
        **{f"{channel} repeat": 2 for channel in ("pagerduty", "slack", "email")},
        **{f"{channel} resolve": 1 for channel in ("pagerduty", "slack", "email")},
    }


def test_an_incident_within_the_cooldown_is_fired_and_not_told(live, replayed):
    live.run("97/300x2 40/300 97/300x2 40/300 97/300x3")
    result = replayed(cooldown_minutes=1440)
    assert [firing.told for firing in result.proposed.firings] == [True, False]
    assert result.proposed.untold == 1
    assert messages(result.proposed) == {"pagerduty trigger": 1, "pagerduty resolve": 1}


def test_only_the_hours_of_the_range_count(live, replayed):
    live.run(OUTAGE_AND_DIP)
    before, after = replayed(end=30), replayed(start=30)
    assert firings(before.proposed) == [(25, 29)]
    assert firings(after.proposed) == [(38, 41)]
    whole = replayed()
    assert Counter(before.proposed.messages) + Counter(after.proposed.messages) == Counter(whole.proposed.messages)
    assert [len(each.incidents) for each in (before, after, whole)] == [1, 1, 2]


def test_what_was_open_at_the_beginning_of_the_range_is_open_there(live, replayed):
    live.run("97/300x30 40/300x40 97/300x4")
    result = replayed(start=65)
    assert firings(result.proposed) == [(31, 72)]
    assert result.proposed.firing_time == timedelta(hours=72 - 65)
    assert messages(result.proposed) == {"pagerduty resolve": 1}
    assert [match.lead for match in result.proposed.comparison.caught] == [timedelta(0)]


def test_one_that_is_not_over_is_still_open(live, replayed):
    live.run("97/300x4 40/300x2")
    result = replayed()
    assert firings(result.proposed) == [(5, None)]
    assert result.proposed.firing_time == timedelta(hours=1)


def test_hours_are_counted_by_what_could_be_said_of_them(live, replayed):
    live.run("97/300x4 _x2 !x3 40/300 3/3")
    result = replayed(widen_to_hours=0, long_window_hours=0)
    assert result.proposed.hours == {
        Verdict.OK: 4,
        Verdict.NO_DATA: 5,
        Verdict.BREACH: 1,
        Verdict.INSUFFICIENT_DATA: 1,
    }
    assert [point.value for point in result.points[:5]] == [97] * 4 + [None]
    assert [point.sample_size for point in result.points[8:]] == [None, 300, 3]


def test_hours_before_any_was_aggregated_are_no_data_and_nothing_is_made_of_them(live, replayed):
    live.run("97/300x4 40/300x2 97/300x3")
    result = replayed(start=-20, no_data_policy="alert")
    assert firings(result.proposed) == [(5, 8)]
    assert result.proposed.hours[Verdict.NO_DATA] == 20
    assert hour(result.first_hour) == 0


def test_missing_data_fires_where_the_proposal_says_so(live, replayed):
    live.run("97/300x4 _x3 97/300x3")
    result = replayed(no_data_policy="alert")
    assert firings(result.current) == []
    [firing] = result.proposed.firings
    assert (hour(firing.began), firing.worst, firing.sample_size) == (5, None, None)


def test_an_evaluation_delay_is_a_lag(live, replayed):
    live.run("97/300x6 40/300x3 97/300x6")
    result = replayed(evaluation_delay_hours=2)
    assert [match.lead for match in result.proposed.comparison.caught] == [timedelta(hours=-2)]


def test_an_alert_that_is_disabled_says_nothing_now_and_its_proposal_does(live, replayed):
    live.run("97/300x6 40/300x3 97/300x6")
    live.threshold(enabled=False)
    result = replayed(threshold_value=85)
    assert firings(result.current) == []
    assert result.current.message_count == 0
    assert len(result.current.comparison.missed) == 1
    assert firings(result.proposed) == [(7, 11)]


def test_a_person_resolving_it_makes_it_no_less_known(live, replayed):
    live.run("97/300x6 40/300x2")
    live.resolve()
    live.run("97/300x6")
    result = replayed()
    assert [match.incident.resolved_by for match in result.proposed.comparison.caught] == ["ann"]


def test_each_entity_has_firings_of_its_own(live_carriers, replayed):
    live_carriers.run({"AT&T": "97/300x6 40/300x2 97/300x6", "T-Mobile": "97/300x8 70/300x3 97/300x3"})
    result = replayed(threshold_value=60)
    assert [(firing.entity, hour(firing.began)) for firing in result.proposed.firings] == [("AT&T", 7)]
    assert [match.incident.entity for match in result.proposed.comparison.missed] == ["T-Mobile"]
    assert [point.value for point in result.points[5:10]] == [97, 40, 40, 70, 70], "the worst of them"


# An incident of every kind in three days: flapping, a gap, few messages, a cooldown that is outlasted, no aggregation.
THREE_DAYS = (
    "97/300x10 40/300x3 97/300 40/300x2 97/300x4 _x2 97/300x4 3/0 0/5x4 97/300x4 !x2 40/300 !x1 40/300x2 97/300x3"
    " 88/300x4 80/300x3 97/300x2 80/300x2 (97/300 40/300)x3 97/300x3 92/40x6 60/12x4 97/300x2"
)
SETTINGS = {
    "as shipped": {"enabled": True},
    "everything set": {
        "pending_evaluations": 2,
        "recovery_evaluations": 3,
        "recovery_threshold": 95,
        "repeat_interval_minutes": 120,
        "additional_channels": ["slack"],
        "escalation_channel": "email",
        "escalate_after_minutes": 45,
        "cooldown_minutes": 480,
    },
    "no data alerts": {"no_data_policy": "alert", "cooldown_minutes": 0, "evaluation_delay_hours": 1},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_replay_of_the_live_threshold_is_what_the_live_engine_did(live, replayed, settings):
    live.threshold(**settings)
    live.run(THREE_DAYS)
    assert round(live.at / HOUR) >= 72
    _as_it_was(live, replayed())


def test_so_it_is_for_many_entities(live_carriers, replayed):
    live_carriers.threshold(repeat_interval_minutes=60)
    live_carriers.run({"AT&T": "97/300x10 40/300x5 97/300x9", "T-Mobile": "97/300x5 60/300x3 _x4 70/300x2 99/20x10"})
    _as_it_was(live_carriers, replayed())


def _as_it_was(live: Live, result):
    rows = live.conn.execute(
        "SELECT entity, triggered_at, resolved_at FROM sms_alert_history ORDER BY triggered_at, entity"
    ).fetchall()
    assert rows
    assert [(each.entity, each.began, each.ended) for each in result.proposed.firings] == rows
    said = live.conn.execute(
        "SELECT channel, event, count(*) FROM sms_alert_notifications WHERE status <> 'suppressed' GROUP BY 1, 2"
    ).fetchall()
    assert result.proposed.messages == {(channel, Event(event)): count for channel, event, count in said}
    assert result.proposed.comparison.missed == ()
    assert result.proposed.comparison.new == ()
    assert all(match.lead == timedelta(0) for match in result.proposed.comparison.matches)


def test_live_tables_are_the_same_before_and_after(live, replayed):
    live.run(OUTAGE_AND_DIP)
    before = hashes(live.conn)
    replayed(threshold_value=70, pending_evaluations=3, additional_channels=["slack"])
    assert hashes(live.conn) == before


def test_a_live_evaluation_in_the_middle_of_a_replay_waits_for_nothing_and_changes_nothing_in_it(
    live, replayed, database_uri
):
    live.run(OUTAGE_AND_DIP)
    window, known = Window(START, live.now), replayed().proposed

    with sms_db.connect(database_uri) as other:
        other.execute("SET lock_timeout = '1s'")
        elsewhere = Live(conn=other, at=live.at)

        def meanwhile(done, _):
            if done == 10:
                elsewhere.run("40/300x2")
                elsewhere.conn.execute(
                    "UPDATE sms_metrics_hourly SET value_sum = 1 WHERE metric_type = 'delivered_count'"
                )

        result = replay(live.conn, ALERT, known.threshold, window, progress=meanwhile)
        assert elsewhere.states().endswith("firing firing")
    assert result.proposed.firings == known.firings
    assert result.proposed.messages == known.messages


def test_a_replay_waits_for_no_evaluation_that_is_under_way(live, replayed, database_uri):
    live.run(OUTAGE_AND_DIP)
    with sms_db.connect(database_uri) as other, other.transaction():
        sms_db.lock(other, "evaluate", ALERT.name)
        for table in ("sms_alert_thresholds", "sms_alert_state", "sms_alert_history", "sms_alert_notifications"):
            other.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        live.conn.execute("SET lock_timeout = '1s'")
        assert len(replayed(threshold_value=80).proposed.firings) == 1


def test_an_hour_that_cannot_be_computed_is_an_error_of_that_hour(live, replayed, change_sql):
    live.run("97/300x6 40/300x2 97/200 97/300x6")
    change_sql(
        f"alerts/{ALERT.name}.sql",
        "100 * total.delivered / total.sent",
        "100 * total.delivered / total.sent + 0 / (total.sent - 200)",
    )
    result = replayed(widen_to_hours=0, long_window_hours=0)
    assert result.proposed.hours[Verdict.ERROR] == 1
    assert firings(result.proposed) == [(7, 11)]


def test_a_broken_query_is_an_error(live, replayed, change_sql):
    live.run("97/300x6")
    change_sql(f"alerts/{ALERT.name}.sql", "sms_metrics_hourly", "sms_metrics_hurly")
    with pytest.raises(psycopg.errors.UndefinedTable, match="sms_metrics_hurly"):
        replayed()
    assert live.conn.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


def test_progress_is_told_to_the_last_hour(live):
    live.run("97/300x6")
    told = []
    replay(
        live.conn,
        ALERT,
        store.load_threshold(live.conn, ALERT.name),
        Window(START + 2 * HOUR, live.now),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (6, 6)
