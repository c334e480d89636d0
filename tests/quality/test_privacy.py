"""Canaries: phone numbers, texts of messages and names, planted wherever they could stand, are in no output."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import great_expectations.expectations as gxe
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from sms_monitoring.quality import full, gate
from sms_monitoring.quality.command import as_text
from sms_monitoring.quality.full import check_everything
from sms_monitoring.quality.gate import QualityCheckError, check_hours
from sms_monitoring.quality.model import Report, Status, Suite
from sms_monitoring.quality.suites import full_suites, gate_suites
from tests.quality.conftest import HOUR, NOW, WINDOW, check

if TYPE_CHECKING:
    from pathlib import Path

    from sms_monitoring.db import Connection
    from tests.quality.conftest import Rows

PHONE, DIGITS = "+4915155501437", 4915155501437
NAME, BODY = "Canarina Quillfeather", "Dear Canarina, your code is 731904"
MARKED = (PHONE, str(DIGITS), "15155501437", "Canarina", "Quillfeather", "731904", "Dear")

# Every table that a suite may read, its text and jsonb columns found by themselves.
TABLES = (
    "sms_metrics",
    "sms_metrics_hourly",
    "sms_metrics_by_day",
    "sms_metric_types",
    "sms_alert_thresholds",
    "sms_alert_state",
    "sms_alert_evaluations",
    "sms_alert_history",
    "sms_alert_notifications",
    "sms_alert_silences",
    "sms_alert_transitions",
    "sms_aggregated_hours",
    "sms_dirty_hours",
    "sms_messages",
    "user_sms_preferences",
)


def test_nothing_planted_is_in_any_output_of_checks_that_fail_on_it(
    db: Connection,
    database_uri: str,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    plant(db)
    suites = tuple(suspicious(db, rows, table) for table in TABLES)
    monkeypatch.setattr(gate, "gate_suites", lambda: suites[:2])
    monkeypatch.setattr(full, "full_suites", lambda: suites)

    reports = check_hours(db, database_uri, WINDOW, NOW)
    reports.append(check_everything(db, database_uri, WINDOW, NOW, docs_dir=tmp_path / "docs"))

    seen = {(one.suite, one.check): one for one in reports[-1].results}
    for table in TABLES:
        assert seen[table, "no_row"].status is Status.FAILED, table
        assert seen[table, "no_row"].failing_rows, table
    assert sum(one.status is Status.ERROR for one in seen.values()) >= len(TABLES)
    assert sum(len(one.failing_rows) for one in seen.values()) > 3 * len(TABLES)
    search(db, reports, tmp_path / "docs", caplog.text, *capsys.readouterr())


@pytest.mark.parametrize("plan", ["gate", "full"])
def test_nothing_planted_is_in_any_output_of_the_shipped_suites(
    db: Connection,
    database_uri: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    plan: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    plant(db)
    if plan == "gate":
        reports = check_hours(db, database_uri, WINDOW, NOW)
        wanted = gate_suites()
    else:
        window = WINDOW.reaching_back(timedelta(days=2))
        reports = [check_everything(db, database_uri, window, NOW, docs_dir=tmp_path / "docs")]
        wanted = full_suites()
    assert {one.suite for one in reports[0].results} == {suite.name for suite in wanted}
    assert any(one.failing_rows for one in reports[0].results)
    search(db, reports, tmp_path / "docs", caplog.text, *capsys.readouterr())


def test_nothing_planted_is_in_what_a_crash_says(
    db: Connection,
    database_uri: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    def crash() -> tuple[Suite, ...]:
        raise ValueError(f"{NAME} at {PHONE} got {BODY!r}")

    for module, name in ((gate, "gate_suites"), (full, "full_suites")):
        monkeypatch.setattr(module, name, crash)
    with pytest.raises(QualityCheckError) as of_gate:
        check_hours(db, database_uri, WINDOW, NOW)
    with pytest.raises(QualityCheckError) as of_full:
        check_everything(db, database_uri, WINDOW, NOW, docs_dir=tmp_path / "docs")
    chain = [
        error for raised in (of_gate.value, of_full.value) for error in (raised, raised.__cause__, raised.__context__)
    ]
    search(db, [], tmp_path / "docs", caplog.text, repr(chain))


def plant(db: Connection) -> None:
    """Rows with a canary in every text column, past every constraint that would keep it out."""
    db.execute("SELECT sms_ensure_partitions(table_name, '2026-11-01', '2026-11-30') FROM sms_retention_policies")
    # As a bad migration would leave it: no triggers, no keys, no checks.
    db.execute("SET session_replication_role = replica")
    for table in TABLES:
        for (constraint,) in db.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", (table,)
        ).fetchall():
            db.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {} CASCADE").format(
                    sql.Identifier(table), sql.Identifier(constraint)
                )
            )
        for canary in (PHONE, NAME, BODY):
            _insert(db, table, canary)
    db.execute("SET session_replication_role = origin")
    db.execute("REFRESH MATERIALIZED VIEW sms_metrics_daily")


def _insert(db: Connection, table: str, canary: str) -> None:
    columns = db.execute(
        "SELECT column_name, CASE WHEN numeric_precision < 20 THEN 'int4' ELSE udt_name END,"
        " is_nullable = 'NO' AND column_default IS NULL FROM information_schema.columns"
        " WHERE table_name = %s AND table_schema = current_schema() AND is_generated = 'NEVER' AND is_identity = 'NO'",
        (table,),
    ).fetchall()
    values: dict[str, Any] = {}
    for column, kind, required in columns:
        value = _value(column, kind, canary)
        if value is not None or required:
            values[column] = value
    db.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        list(values.values()),
    )


def _value(column: str, kind: str, canary: str) -> Any:
    if column == "buckets":  # a histogram's are numbers: a generated column reads them
        return Jsonb({"1": DIGITS})
    planted: dict[str, Any] = {
        "uuid": uuid4(),
        "text": canary,
        "varchar": canary,
        "_text": [canary],
        "jsonb": Jsonb({canary: [canary, {"user": canary}], "phone": DIGITS}),
        "numeric": DIGITS,
        "timestamptz": HOUR,
        "date": HOUR.date(),
        "int4": 7,
        "int8": DIGITS,
        "bool": True,
    }
    return planted.get(kind)


def suspicious(db: Connection, rows: Rows, table: str) -> Suite:
    """Checks that fail on whatever is in a table, each in another way, and some that break on it."""
    columns = [
        (name, kind)
        for name, kind in db.execute(
            "SELECT column_name, udt_name FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = current_schema() ORDER BY ordinal_position",
            (table,),
        ).fetchall()
    ]
    texts = [name for name, kind in columns if kind in {"text", "varchar"}]
    numbers = [name for name, kind in columns if kind in {"numeric", "int8"}]
    checks = [
        check("no_row", gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT * FROM {batch}")),
        check(
            "as_one_text",
            gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT b::text AS row FROM {batch} AS b"),
        ),
        check(
            "breaks", gxe.UnexpectedRowsExpectation(unexpected_rows_query=f"SELECT {texts[0]}::integer FROM {{batch}}")
        ),
        check(
            "keys",
            gxe.ExpectCompoundColumnsToBeUnique(column_list=texts[:2])
            if texts[1:]
            else gxe.ExpectColumnValuesToBeUnique(column=texts[0]),
        ),
        check("columns", gxe.ExpectTableColumnsToMatchSet(column_set=["nothing"], exact_match=True)),
    ]
    for name in texts:
        checks.append(check(f"{name}_in_set", gxe.ExpectColumnValuesToBeInSet(column=name, value_set=["nothing"])))
    name = texts[0]
    checks += [
        check("distinct", gxe.ExpectColumnDistinctValuesToBeInSet(column=name, value_set=["nothing"])),
        check("like", gxe.ExpectColumnValuesToMatchRegex(column=name, regex="^nothing$")),
        check("short", gxe.ExpectColumnValueLengthsToBeBetween(column=name, max_value=1)),
        check("common", gxe.ExpectColumnMostCommonValueToBeInSet(column=name, value_set=["nothing"])),
    ]
    for name in numbers:
        checks += [
            check(f"{name}_max", gxe.ExpectColumnMaxToBeBetween(column=name, max_value=1)),
            check(f"{name}_range", gxe.ExpectColumnValuesToBeBetween(column=name, max_value=1)),
        ]
    return rows.suite(table, f"SELECT * FROM {table}", *checks)


def search(db: Connection, reports: list[Report], folder: Path, *texts: str) -> None:
    """No canary in what is stored, written, logged, printed or raised."""
    outputs = {f"text {number}": text for number, text in enumerate(texts)}
    for table in ("sms_quality_runs", "sms_quality_results", "sms_bad_hours"):
        found = db.execute(sql.SQL("SELECT to_jsonb(t) FROM {} AS t").format(sql.Identifier(table))).fetchall()
        outputs[table] = json.dumps(found, ensure_ascii=False)
    outputs |= {str(path): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}
    outputs |= {f"report {number}": as_text(one) + repr(one) for number, one in enumerate(reports)}
    for name, text in outputs.items():
        for canary in MARKED:
            assert canary not in text, f"{canary!r} is in {name}"
    assert outputs["sms_quality_runs"] != "[]"
