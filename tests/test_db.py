from __future__ import annotations

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
