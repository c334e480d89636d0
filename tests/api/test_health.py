"""The probe of a load balancer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sms_monitoring.timeframe import HOUR, floor_hour
from tests.api.rows import aggregated


def newest_ended(hours_ago: int) -> datetime:
    """Start of the hour that ended at so many whole hours before the last full one."""
    return floor_hour(datetime.now(UTC)) - (hours_ago + 1) * HOUR


def test_fresh_numbers_are_ok(db, client):
    aggregated(db, newest_ended(0))
    document = client("nell").get("/health").json()
    assert (document["status"], document["database"], document["hours_behind"]) == ("ok", "ok", 0)
    assert document["newest_hour"] == newest_ended(0).isoformat().replace("+00:00", "Z")


def test_old_numbers_are_stale_and_no_reason_to_take_the_server_out(db, client):
    aggregated(db, newest_ended(3))
    answer = client().get("/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["hours_behind"]) == (200, "stale", 3)
    assert answer.json()["message"].startswith("Numbers are 3 hours old: sms_hourly_monitoring has not run since ")


def test_an_hour_that_was_aggregated_before_it_was_over_is_not_complete(db, client):
    aggregated(db, newest_ended(3))
    aggregated(db, newest_ended(0), after=timedelta(minutes=30))
    assert client().get("/health").json()["hours_behind"] == 3


def test_a_new_installation_has_no_data(client):
    document = client().get("/health").json()
    assert (document["status"], document["newest_hour"], document["hours_behind"]) == ("no_data", None, None)


def test_nobody_is_told_to_log_in(client):
    assert client(None).get("/health").status_code == 401
