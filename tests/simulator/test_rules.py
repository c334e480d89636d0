"""The product's rules hold in every row: quiet hours, limits, attempts, opt-outs, and nothing from the future."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sms_monitoring.db import Connection
from sms_monitoring.simulator import Scenario, all_incidents, simulate
from sms_monitoring.timeframe import floor_hour

from .reading import value

DAY = timedelta(days=1)
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
LOCAL = "sms_messages AS m JOIN user_sms_preferences AS u USING (user_id)"


def busy(until: datetime = NOON, days: int = 4) -> Scenario:
    """A few days with everything going wrong in the middle."""
    middle = floor_hour(until) - timedelta(hours=30)
    return Scenario(
        seed=3,
        start=until - days * DAY,
        until=until,
        users=1200,
        messages_per_day=4000,
        incidents=all_incidents(middle, middle + timedelta(hours=2)),
    )


@pytest.mark.parametrize(
    "changing_day",
    [
        pytest.param(datetime(2026, 3, 8, tzinfo=UTC), id="north_america_forward"),
        pytest.param(datetime(2026, 3, 29, tzinfo=UTC), id="europe_forward"),
        pytest.param(datetime(2026, 4, 5, tzinfo=UTC), id="australia_new_zealand_chile_back"),
        pytest.param(datetime(2026, 10, 25, tzinfo=UTC), id="europe_back"),
        pytest.param(datetime(2026, 11, 1, tzinfo=UTC), id="north_america_back"),
    ],
)
def test_quiet_hours_hold_on_every_wall_clock_across_dst_changes(db: Connection, changing_day: datetime) -> None:
    simulate(db, busy(until=changing_day + 2 * DAY))
    sent_in_quiet_hours = value(
        db,
        f"""SELECT count(*) FROM {LOCAL} WHERE (m.sent_at AT TIME ZONE u.timezone)::time >= u.quiet_hours_start
            OR (m.sent_at AT TIME ZONE u.timezone)::time < u.quiet_hours_end""",
    )
    assert sent_in_quiet_hours == 0
    skipped, skipped_in_quiet_hours, moved_to_their_end = db.execute(
        f"""SELECT count(*),
                   count(*) FILTER (WHERE (m.quiet_hours_skipped_at AT TIME ZONE u.timezone)::time
                       NOT BETWEEN u.quiet_hours_end AND u.quiet_hours_start),
                   count(*) FILTER (WHERE (m.scheduled_for AT TIME ZONE u.timezone)::time = u.quiet_hours_end)
            FROM {LOCAL} WHERE m.quiet_hours_skipped_at IS NOT NULL""".encode()
    ).fetchone() or (0, 0, 0)
    assert skipped > 500
    assert skipped == skipped_in_quiet_hours == moved_to_their_end


def test_no_one_is_sent_more_than_the_limit_on_a_local_day(db: Connection) -> None:
    simulate(db, busy())
    over = value(
        db,
        f"""SELECT count(*) FROM (
                SELECT 1 FROM {LOCAL} WHERE m.sent_at IS NOT NULL
                GROUP BY m.user_id, u.daily_sms_limit, (m.sent_at AT TIME ZONE u.timezone)::date
                HAVING count(*) > u.daily_sms_limit) AS days""",
    )
    assert over == 0


def test_what_is_scheduled_beyond_the_limit_and_nothing_else_is_cancelled_for_it(db: Connection) -> None:
    scenario = busy()
    simulate(db, scenario)
    # The evening's quiet hours count to the day on which they end. Days that began before the history are left out.
    wrong, cancelled = db.execute(
        f"""WITH numbered AS (
                SELECT m.*, u.daily_sms_limit, row_number() OVER (
                    PARTITION BY m.user_id, local.at::date
                        + CASE WHEN local.at::time >= u.quiet_hours_start THEN 1 ELSE 0 END
                    ORDER BY m.created_at) AS number
                FROM {LOCAL}
                CROSS JOIN LATERAL (SELECT m.scheduled_for AT TIME ZONE u.timezone AS at) AS local)
            SELECT count(*) FILTER (
                       WHERE (number > daily_sms_limit) <> (coalesce(cancellation_reason, '') = 'daily_limit')),
                   count(*) FILTER (WHERE cancellation_reason = 'daily_limit')
            FROM numbered WHERE scheduled_for > %s""".encode(),
        (scenario.start + 2 * DAY,),
    ).fetchone() or (0, 0)
    assert wrong == 0
    assert cancelled > 1000


def test_attempts_back_off_two_and_four_minutes_and_end_after_the_third(db: Connection) -> None:
    simulate(db, busy())
    # From when the message is due to the attempt that ended it: up to two minutes of queue, and the back-off.
    ended = db.execute(
        """SELECT attempts, sent_at IS NOT NULL, count(*),
                  extract(epoch FROM min(coalesce(sent_at, failed_at) - scheduled_for)),
                  extract(epoch FROM max(coalesce(sent_at, failed_at) - scheduled_for))
           FROM sms_messages WHERE sent_at IS NOT NULL OR failed_at IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"""
    ).fetchall()
    assert [(attempts, was_sent) for attempts, was_sent, *_ in ended] == [(1, True), (2, True), (3, False), (3, True)]
    for attempts, _, count, shortest, longest in ended:
        back_off = (0, 120, 360)[attempts - 1]
        assert count > 5
        assert back_off < shortest <= longest < back_off + 121


def test_failures_carry_twilio_codes_and_their_messages(db: Connection) -> None:
    simulate(db, busy())
    assert value(db, "SELECT bool_and((status = 'failed') = (twilio_error_code IS NOT NULL)) FROM sms_messages")
    errors = dict(
        db.execute(
            "SELECT DISTINCT twilio_error_code, twilio_error_message FROM sms_messages WHERE status = 'failed'"
        ).fetchall()
    )
    assert errors.keys() == {30003, 30005, 30006, 30007, 30008}
    assert errors[30003] == "Unreachable destination handset"


def test_who_has_opted_out_hears_nothing_more(db: Connection) -> None:
    scenario = busy()
    simulate(db, scenario)
    assert (
        value(db, f"SELECT count(*) FROM {LOCAL} WHERE m.created_at >= u.opted_out_at OR m.sent_at >= u.opted_out_at")
        == 0
    )
    assert value(db, "SELECT count(*) FROM sms_messages WHERE cancellation_reason = 'opted_out'") > 50
    assert value(db, "SELECT bool_and(opted_out = (opted_out_at IS NOT NULL)) FROM user_sms_preferences")
    assert value(db, "SELECT max(opted_out_at) FROM user_sms_preferences") < scenario.until


@pytest.mark.parametrize("minutes", [0, 17])
def test_nothing_is_dated_at_or_after_until_but_the_plans(db: Connection, minutes: int) -> None:
    scenario = busy(until=NOON + timedelta(minutes=minutes))
    simulate(db, scenario)
    newest = db.execute(
        """SELECT max(greatest(m.created_at, quiet_hours_skipped_at, sent_at, delivered_at, failed_at, cancelled_at)),
                  max(m.updated_at), max(scheduled_for)
           FROM sms_messages AS m"""
    ).fetchone()
    assert newest is not None
    assert newest[0] == newest[1] < scenario.until < newest[2]
    assert value(db, "SELECT min(created_at) FROM sms_messages") >= scenario.start


def test_status_and_times_tell_the_same_story(db: Connection) -> None:
    simulate(db, busy())
    contradictions = value(
        db,
        """SELECT count(*) FROM sms_messages WHERE
               status <> CASE WHEN cancelled_at IS NOT NULL THEN 'cancelled' WHEN failed_at IS NOT NULL THEN 'failed'
                              WHEN delivered_at IS NOT NULL THEN 'delivered' WHEN sent_at IS NOT NULL THEN 'sent'
                              ELSE 'scheduled' END
               OR (delivered_at IS NOT NULL AND failed_at IS NOT NULL)
               OR (cancelled_at IS NOT NULL) <> (cancellation_reason IS NOT NULL)
               OR (cancelled_at IS NOT NULL AND sent_at IS NOT NULL)
               OR (sent_at IS NOT NULL) <> (twilio_sid IS NOT NULL)
               OR (sent_at IS NOT NULL) <> (sms_cost_usd IS NOT NULL)
               OR delivered_at <= sent_at OR failed_at <= sent_at
               OR sent_at <= scheduled_for OR cancelled_at <= created_at
               OR updated_at < greatest(
                   created_at, quiet_hours_skipped_at, sent_at, delivered_at, failed_at, cancelled_at)
        """,
    )
    assert contradictions == 0
    statuses = {status for (status,) in db.execute("SELECT DISTINCT status FROM sms_messages")}
    assert statuses == {"scheduled", "sent", "delivered", "failed", "cancelled"}


def test_receipts_come_within_seconds_with_a_long_tail_of_up_to_a_day(db: Connection) -> None:
    simulate(db, Scenario(seed=3, start=NOON - 4 * DAY, until=NOON, users=1200, messages_per_day=4000))
    median, longest, after_an_hour = db.execute(
        """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY wait), max(wait), count(*) FILTER (WHERE wait > '1 hour')
           FROM (SELECT delivered_at - sent_at AS wait FROM sms_messages) AS receipts WHERE wait IS NOT NULL"""
    ).fetchone() or (None, None, None)
    assert timedelta(seconds=2) < median < timedelta(seconds=5)
    assert timedelta(hours=4) < longest <= DAY
    assert after_an_hour > 20


def test_phone_numbers_are_out_of_the_range_reserved_for_fiction(db: Connection) -> None:
    simulate(db, busy(days=2))
    assert value(db, r"SELECT bool_and(phone_number ~ '^\+1[2-9]\d\d55501\d\d$') FROM user_sms_preferences")
    assert value(db, f"SELECT bool_and(m.phone_number = u.phone_number) FROM {LOCAL}")


def test_traffic_follows_the_local_day_and_the_week(db: Connection) -> None:
    simulate(db, Scenario(seed=3, start=NOON - 14 * DAY, until=NOON, users=1200, messages_per_day=3000))
    by_hour = dict(
        db.execute(
            f"""SELECT extract(hour FROM m.sent_at AT TIME ZONE u.timezone)::int, count(*)
                FROM {LOCAL} WHERE m.sent_at IS NOT NULL GROUP BY 1""".encode()
        ).fetchall()
    )
    assert set(by_hour) == set(range(6, 23))
    assert by_hour[9] > 2 * by_hour[22]
    workday, weekend = (
        value(
            db,
            f"SELECT count(*) / %s FROM {LOCAL} WHERE extract(isodow FROM m.sent_at AT TIME ZONE u.timezone) = ANY(%s)",
            len(days),
            days,
        )
        for days in ([1, 2, 3, 4, 5], [6, 7])
    )
    assert 0.7 < weekend / workday < 0.9
