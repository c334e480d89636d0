"""Tables as CSV: complete or broken off, never run by a spreadsheet, never in anybody's way."""

from __future__ import annotations

import csv
import io
import socket
import threading
import time
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from sms_monitoring.api.export.tables import TABLES
from tests.alerts import incidents
from tests.api.conftest import BASE
from tests.api.listening import serving

DAY = "start_date=2026-03-10&end_date=2026-03-10"
HOURLY = "INSERT INTO sms_metrics_hourly VALUES (%s, %s, 'sent_count', 'campaign', %s, 7, 7)"


@pytest.fixture
def hours(db):
    """Three hours of 9, 10 and 11 March, of campaigns with telling names."""
    db.execute("SELECT sms_ensure_partitions('sms_metrics_hourly', '2026-03-01', '2026-03-31')")
    for day, campaign in (
        ("2026-03-09", "spring"),
        ("2026-03-10", 'a "quoted", name\nof two lines'),
        ("2026-03-11", ""),
    ):
        db.execute(HOURLY, (day, f"{day}T10:00Z", campaign))


@pytest.fixture
def many(db):
    """More than the network holds on its way: 100 000 rows."""
    db.execute(
        "INSERT INTO sms_alert_transitions (occurred_at, alert_type, entity, reason)"
        " SELECT '2026-03-10', 'delivery_rate_critical', repeat('x', 150), 'first' FROM generate_series(1, 100000)"
    )


@pytest.fixture
def run(client):
    """The module under test; what it imports of Airflow must find Airflow set up."""
    from sms_monitoring.api.export import run

    return run


def rows(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_some_days_of_a_table(client, hours):
    answer = client("vic").get(f"/export/sms_metrics_hourly.csv?{DAY}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    name = "sms_metrics_hourly_2026-03-10_2026-03-10.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"
    assert rows(answer) == [
        {
            "metric_date": "2026-03-10",
            "metric_hour": "2026-03-10 10:00:00+00",
            "metric_type": "sent_count",
            "dimension": "campaign",
            "dimension_value": 'a "quoted", name\nof two lines',
            "value_sum": "7",
            "value_count": "7",
            "buckets": "",
        }
    ]


def test_both_days_are_included_and_rows_come_in_the_order_of_time(client, hours):
    found = rows(client().get("/export/sms_metrics_hourly.csv?start_date=2026-03-09&end_date=2026-03-11"))
    assert [row["metric_date"] for row in found] == ["2026-03-09", "2026-03-10", "2026-03-11"]


def test_days_are_utc_days(client, db):
    for moment in ("2026-03-09T23:59:59.999Z", "2026-03-10T00:00Z", "2026-03-10T23:59:59.999Z", "2026-03-11T00:00Z"):
        incidents.incident(db, entity=moment, triggered_at=moment)
    found = rows(client().get(f"/export/sms_alert_history.csv?{DAY}"))
    assert [row["triggered_at"] for row in found] == ["2026-03-10 00:00:00+00", "2026-03-10 23:59:59.999+00"]


def test_without_days_it_is_the_last_thirty(client, db):
    now = datetime.now(UTC)
    for days in (0, 29, 31):
        incidents.incident(db, entity=str(days), triggered_at=now - timedelta(days=days))
    assert [row["entity"] for row in rows(client().get("/export/sms_alert_history.csv"))] == ["29", "0"]


def test_a_table_without_a_time_comes_whole(client):
    answer = client().get(f"/export/sms_alert_thresholds.csv?{DAY}")
    assert answer.headers["content-disposition"] == 'attachment; filename="sms_alert_thresholds.csv"'
    assert "delivery_rate_critical" in [row["alert_type"] for row in rows(answer)]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_exported(client, table):
    assert client().get(f"/export/{table}.csv").text.partition("\n")[0].split(",")[1:]


def test_no_table_of_the_bundle_was_forgotten(db):
    ours = {
        name
        for (name,) in db.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND NOT relispartition"
            " AND relkind IN ('r', 'p', 'm') AND relname ~ '^sms_(metric|alert)'"
        )
    }
    assert ours <= TABLES.keys()


def test_a_message_is_not_exported_and_neither_is_a_chart(client):
    assert "message" not in client().get("/export/sms_alert_notifications.csv").text.split(",")
    assert "chart" not in client().get("/export/sms_threshold_replays.csv").text.split(",")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("+12025550143", "+12025550143"),
        ("-5", "-5"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_no_spreadsheet_runs_what_somebody_wrote(client, db, text, cell):
    incidents.incident(db, entity=text)
    answer = client().get(f"/export/sms_alert_history.csv?{DAY}")
    [row] = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row["entity"] == cell


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "table",
    ["pg_authid", "sms_messages", "sms_metrics%00", "sms_metrics;DROP TABLE sms_metrics", '"sms_metrics"', "%ED%A0%80",
     "%FF", "SMS_METRICS", "..", "sms_metrics.sms_metrics", "é", "x" * 3000],
)  # fmt: skip
def test_other_tables_are_not_there_and_those_that_are_get_named(client, table):
    answer = client().get(f"/export/{table}.csv")
    assert answer.status_code == 404
    assert "sms_metrics_daily" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("start_date=2026-03-11&end_date=2026-03-10", "end_date"),
        ("start_date=2020-01-01&end_date=2026-03-10", "end_date"),
        ("start_date=0001-01-01&end_date=9999-12-31", "end_date"),
        ("start_date=yesterday", "start_date"),
        ("end_date=2026-02-30", "end_date"),
        ("end_date=%00", "end_date"),
        ("start_date=1", "start_date"),
    ],
)
def test_days_that_make_no_sense(client, query, parameter):
    answer = client().get(f"/export/sms_metrics.csv?{query}")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (422, parameter)


@pytest.mark.parametrize("query", ["end_date=0001-01-01", "start_date=9999-12-31"])
def test_the_ends_of_time(client, query):
    assert rows(client().get(f"/export/sms_metrics.csv?{query}")) == []


def test_who_may_not_read_may_not_export(client):
    assert client("nell").get("/export/sms_metrics.csv").status_code == 403
    assert client(None).get("/export/sms_metrics.csv").status_code == 401


def test_so_many_exports_in_a_minute(client, monkeypatch):
    from sms_monitoring.api import rate_limits

    monkeypatch.setattr(rate_limits, "COSTLY", "1/minute")
    assert client().get("/export/sms_metric_types.csv").status_code == 200
    assert client().get("/export/sms_metric_types.csv").status_code == 429


def test_so_many_exports_at_once(client, run):
    today = datetime.now(UTC).date()
    under_way = [run.Export("sms_metrics", today, today) for _ in range(run.AT_ONCE)]
    refused = client().get("/export/sms_metric_types.csv")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
    for export in under_way:
        export.close()
        export.close()
    assert client().get("/export/sms_metric_types.csv").status_code == 200


def test_a_database_that_is_away(client, run, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", "postgres://nobody@127.0.0.1:1/nothing")
    assert [client().get("/export/sms_metrics.csv").status_code for _ in range(run.AT_ONCE + 1)] == [503] * 3


# ── What ends early ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def download(airflow_app, client, token, many):
    """The beginning of a large export, by a real server.

    Little of it fits on the way, whatever the machine's network allows: the server cannot be done before it is read.
    """
    headers = {"Authorization": f"Bearer {token('ann')}", "Accept-Encoding": "identity"}
    transport = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)])
    with (
        serving(airflow_app) as base,
        httpx.Client(headers=headers, timeout=20, transport=transport) as http,
        http.stream("GET", f"{base}{BASE}/export/sms_alert_transitions.csv?{DAY}") as answer,
    ):
        assert answer.status_code == 200
        yield answer


def all_places_are_free(run):
    taken = [run._places.acquire(timeout=20) for _ in range(run.AT_ONCE)]
    for _ in taken:
        run._places.release()
    return all(taken)


def exports_running(db):
    return db.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sms_monitoring_export'"
        " AND datname = current_database()"
    ).fetchone()[0]


def test_a_large_export_comes_whole(download):
    assert sum(chunk.count(b"\n") for chunk in download.iter_raw()) == 100_001


def test_an_export_that_breaks_off_does_not_look_complete(db, run, download):
    kill = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'sms_monitoring_export'"
        " AND datname = current_database()"
    )
    received = download.iter_raw()
    next(received)
    assert db.execute(kill).fetchall() == [(True,)]
    with pytest.raises(httpx.RemoteProtocolError):
        for _ in received:
            pass
    assert all_places_are_free(run)


def test_a_reader_who_goes_ends_the_export(db, run, download):
    received = download.iter_raw()  # kept: httpx closes the connection of an iterator that nobody holds
    next(received)
    assert exports_running(db) == 1
    download.close()
    assert all_places_are_free(run)
    deadline = time.monotonic() + 20
    while exports_running(db):
        assert time.monotonic() < deadline


def test_an_export_that_waits_for_rows_can_be_closed(many, run):
    lock_held = threading.Event()
    today = date(2026, 3, 10)
    export = run.Export("sms_alert_transitions", today, today)
    outcome = []

    def read_all():
        lock_held.set()
        try:
            while export.read():
                pass
        except Exception as error:
            outcome.append(error)

    reader = threading.Thread(target=read_all)
    reader.start()
    assert lock_held.wait(5)
    export.close()
    reader.join(20)
    assert not reader.is_alive()
    assert all_places_are_free(run)


def test_memory_does_not_grow_with_the_table(many, run):
    export = run.Export("sms_alert_transitions", date(2026, 3, 10), date(2026, 3, 10))
    try:
        chunks = iter(export.read, b"")
        assert max(len(chunk) for chunk in chunks) < 2 * run.CHUNK_BYTES
    finally:
        export.close()
