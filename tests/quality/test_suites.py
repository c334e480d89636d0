"""The suites: whole, about the schema as it is, and of nothing personal."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.alerts.model import Measure
from sms_monitoring.operators import alert_operators
from sms_monitoring.quality.engine import run_suites
from sms_monitoring.quality.model import Plan, Status
from sms_monitoring.quality.suites import full_suites, gate_suites
from sms_monitoring.quality.suites.hour import FAMILY_NAMES
from sms_monitoring.quality.suites.listing import markdown
from sms_monitoring.quality.suites.schema import COLUMNS, INDEXES
from sms_monitoring.sources import DERIVED_METRICS
from sms_monitoring.sqlfiles import list_sql, read_sql, sql_root
from sms_monitoring.timeframe import HOUR, Window

NOW = datetime(2026, 3, 29, 10, 20, tzinfo=UTC)
NEWEST = Window(NOW.replace(minute=0) - HOUR, NOW.replace(minute=0))
SUITES = (*gate_suites(), *full_suites())
# What the rows of a check may not even select.
PERSONAL = {
    "user_id",
    "phone_number",
    "message",
    "message_id",
    "message_content",
    "author",
    "resolved_by",
    "acknowledged_by",
    "last_error",
    "dedup_key",
    "details",
}


@pytest.fixture
def looking(db):
    """A connection that looks at the newest hour."""
    for name, moment in (("window_start", NEWEST.start), ("window_end", NEWEST.end), ("now", NOW)):
        db.execute("SELECT set_config(%s, %s, false)", (f"sms_monitoring.{name}", moment.isoformat()))
    db.execute("SET TimeZone = 'UTC'")
    return db


def test_names_are_unique():
    names = [suite.name for suite in SUITES]
    assert len(names) == len(set(names))
    for suite in SUITES:
        checks = [check.name for check in suite.checks]
        assert len(checks) == len(set(checks)), suite.name


def test_every_check_says_why_and_who_mends_it():
    for suite in SUITES:
        for check in suite.checks:
            assert re.fullmatch(r"[A-Z].{10,}[.?]", check.reason), (suite.name, check.name, check.reason)
            assert check.owner
            assert set(check.families) <= set(FAMILIES)


def test_every_sql_file_is_used():
    rows = {f"quality/rows/{suite.rows}.sql" for suite in SUITES}
    assert rows == set(list_sql("quality/rows"))
    queries = {
        check.expectation.unexpected_rows_query.replace("{{", "{").replace("}}", "}").strip()
        for suite in SUITES
        for check in suite.checks
        if hasattr(check.expectation, "unexpected_rows_query")
    }
    assert queries == {read_sql(name).strip() for name in list_sql("quality/checks")}


def test_the_schema_is_as_the_checks_expect_it(database_uri):
    report = run_suites(database_uri, (COLUMNS, INDEXES), NEWEST, NOW, Plan.FULL)
    assert [(one.check, one.observed, one.error) for one in report.results if one.status is not Status.PASSED] == []


@pytest.mark.parametrize("folder", ["rows", "checks"])
def test_no_personal_column_is_selected(looking, folder):
    for name in list_sql(f"quality/{folder}"):
        with looking.cursor() as cursor:
            columns = {column.name for column in cursor.execute(read_sql(name).encode()).description}
        assert not columns & PERSONAL, name


def test_the_gate_knows_every_family_and_its_metric_types(looking):
    assert tuple(FAMILIES) == FAMILY_NAMES
    looking.execute("SELECT sms_ensure_partitions('sms_metrics', %s, %s)", (NEWEST.start.date(), NEWEST.start.date()))
    looking.execute("UPDATE sms_metric_types SET origin = 'derived'")
    looking.execute(
        "INSERT INTO sms_metrics (metric_date, metric_hour, metric_type, metric_value)"
        " SELECT %s, %s, metric_type, 1 FROM sms_metric_types",
        (NEWEST.start.date(), NEWEST.start),
    )
    families = {family.name: family.source_view for family in FAMILIES.values() if family.source_view}
    with looking.cursor() as cursor:
        cursor.execute(read_sql("quality/rows/hour_metric_types.sql").encode())
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found = {
        family: {row["metric_type"] for row in rows if row[f"{family}_difference"] is not None} for family in families
    }
    assert found == {family: set(DERIVED_METRICS[view]) for family, view in families.items()}


def test_shares_are_the_alert_types_that_watch_a_rate(looking):
    rates = {one.alert.name for one in alert_operators() if one.alert.measure is Measure.RATE}
    with looking.cursor() as cursor:
        cursor.execute(read_sql("quality/rows/sms_alert_thresholds.sql").encode())
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert {row["alert_type"] for row in rows if row["share"] is not None} == rates


def test_traffic_of_which_source_and_metrics_know_nothing_is_no_fault(database_uri):
    """A young database: nothing was aggregated, which is said, and nothing else is wrong with it."""
    report = run_suites(database_uri, gate_suites(), NEWEST, NOW, Plan.GATE)
    assert report.error is None
    failed = {one.check for one in report.results if one.status is not Status.PASSED}
    assert failed == {f"{family}_aggregated" for family in FAMILIES}


def failing(uri):
    report = run_suites(uri, gate_suites(), NEWEST, NOW, Plan.GATE)
    assert report.error is None
    return {one.check for one in report.results if one.status is not Status.PASSED} - {
        f"{family}_aggregated" for family in FAMILIES
    }


@pytest.fixture
def derived(looking):
    """The same, of a database whose own metric types are all derived."""
    for table in ("sms_metrics", "sms_metrics_hourly"):
        looking.execute("SELECT sms_ensure_partitions(%s, %s, %s)", (table, NEWEST.start.date(), NEWEST.start.date()))
    looking.execute("UPDATE sms_metric_types SET origin = 'derived'")
    return looking


def record(conn, metric_type, value):
    conn.execute(
        "INSERT INTO sms_metrics (metric_date, metric_hour, metric_type, metric_value) VALUES (%s, %s, %s, %s)",
        (NEWEST.start.date(), NEWEST.start, metric_type, value),
    )
    conn.execute(
        "INSERT INTO sms_metrics_hourly"
        " (metric_date, metric_hour, metric_type, dimension, dimension_value, value_sum, value_count)"
        " VALUES (%s, %s, %s, 'all', '', %s, 1)",
        (NEWEST.start.date(), NEWEST.start, metric_type, value),
    )


def test_what_an_application_records_by_itself_is_not_compared_with_what_is_derived(derived, database_uri):
    record(derived, "delivered_count", 3)
    assert "delivered_at_most_sent" in failing(database_uri)
    derived.execute("UPDATE sms_metric_types SET origin = 'recorded' WHERE metric_type = 'sent_count'")
    assert failing(database_uri) == set()


def test_a_fraction_of_a_recorded_metric_is_no_fault_and_of_a_derived_one_is_its_familys(derived, database_uri):
    derived.execute(
        "INSERT INTO sms_metric_types (metric_type, category, unit, kind, origin, description)"
        " VALUES ('loyalty_points', 'cost', 'count', 'counter', 'recorded', 'Points')"
    )
    record(derived, "loyalty_points", 2.5)
    assert failing(database_uri) == set()
    record(derived, "opt_out_count", 2.5)
    assert failing(database_uri) == {"engagement_counts_whole"}


def test_more_counted_than_the_product_still_has_is_a_warning(derived, database_uri):
    record(derived, "sent_count", 30)
    report = run_suites(database_uri, gate_suites(), NEWEST, NOW, Plan.GATE)
    failed = {one.check: one.severity for one in report.results if one.status is Status.FAILED}
    assert failed["sent_known_to_source"] == "warning"
    assert "sent_as_in_source" not in failed


def test_a_young_history_is_not_missing_hours_before_its_first(looking, database_uri):
    for hours in range(1, 6):
        looking.execute(
            "INSERT INTO sms_aggregated_hours (family, metric_hour, aggregated_at) SELECT f, %s, %s"
            " FROM unnest(%s::text[]) AS f",
            (NEWEST.end - hours * HOUR, NOW, list(FAMILIES)),
        )
    looking.execute(
        "DELETE FROM sms_aggregated_hours WHERE family = 'delivery' AND metric_hour = %s", (NEWEST.end - 3 * HOUR,)
    )
    window = NEWEST.reaching_back(timedelta(days=90))
    (suite,) = (suite for suite in full_suites() if suite.name == "sms_aggregated_hours")
    report = run_suites(database_uri, (suite,), window, NOW, Plan.FULL)
    (failed,) = (one for one in report.results if one.status is not Status.PASSED)
    assert failed.check == "no_missing_hours"
    assert [(row["family"], row["hours_missing"]) for row in failed.failing_rows] == [("delivery", 1)]


def test_the_committed_list_of_checks_is_what_the_code_says():
    committed = Path(sql_root().parents[1] / "docs" / "CHECKS.md").read_text(encoding="utf-8")
    assert committed == markdown(), "run `make catalogue`"
