from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.aggregation.pipeline import aggregate_range, refresh_views
from sms_monitoring.timeframe import Window
from tests.product import add_message, at


@pytest.mark.parametrize(
    "setting",
    [
        "datestyle = 'German'",
        "intervalstyle = 'sql_standard'",
        "client_encoding = 'LATIN1'",
        "default_transaction_isolation = 'serializable'",
        "quote_all_identifiers = on",
        "timezone = 'Asia/Kathmandu'",
    ],
)
def test_the_defaults_of_a_database_or_role_do_not_matter(db, database_uri, setting):
    add_message(db, campaign_id="frühling")
    db.execute(f'ALTER DATABASE "{db.info.dbname}" SET {setting}')
    with sms_db.connect(database_uri) as conn:
        aggregate_range(conn, "delivery", Window(at("09:00"), at("11:00")))
        refresh_views(conn)
        assert conn.execute("SELECT sent_count FROM sms_metrics_daily").fetchone() == (1,)
        assert conn.execute("SHOW transaction_isolation").fetchone() == ("read committed",)


def test_without_a_database_it_says_which_setting_is_missing(monkeypatch):
    monkeypatch.delenv("SMS_MONITORING_DB_URI", raising=False)
    with pytest.raises(RuntimeError, match="set SMS_MONITORING_DB_URI"):
        sms_db.connect()


def test_the_night_of_the_change_has_two_hours_that_read_alike_and_both_count(db, database_uri):
    db.execute(f"ALTER DATABASE \"{db.info.dbname}\" SET timezone = 'Europe/Berlin'")
    # 02:30 there, twice.
    for moment in ("2026-10-25 00:30", "2026-10-25 01:30"):
        add_message(db, datetime.fromisoformat(f"{moment}+00:00"))
    window = Window(*(datetime(2026, 10, 25, hour, tzinfo=UTC) for hour in (0, 2)))
    with sms_db.connect(database_uri) as conn:
        assert list(aggregate_range(conn, "delivery", window).hours) == window.hours()
        hours = "SELECT metric_hour, value_sum FROM sms_metrics_hourly WHERE metric_type = 'sent_count'"
        assert conn.execute(f"{hours} AND dimension = 'all' ORDER BY 1").fetchall() == [
            (hour, 1) for hour in window.hours()
        ]
