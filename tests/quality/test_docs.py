"""The full run and its Data Docs: plain pages that need nothing but themselves."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import great_expectations.expectations as gxe
import pytest

from sms_monitoring.quality import docs, full
from sms_monitoring.quality.full import check_everything
from sms_monitoring.quality.gate import QualityCheckError
from sms_monitoring.quality.model import CheckResult, Plan, Report, Severity, Status, Suite, Verdict
from sms_monitoring.quality.pages import compact, sentence
from tests.quality.conftest import NOW, WINDOW, check

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from tests.quality.conftest import Rows

RUN = UUID("0191f2aa-0000-7000-8000-000000000001")
NUMBERS = "SELECT n AS id, '<b>' || n AS name FROM generate_series(1, 30) AS n"


@pytest.fixture
def suite(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> Suite:
    made = rows.suite(
        "numbers",
        NUMBERS,
        check("complete", gxe.ExpectColumnValuesToNotBeNull(column="id")),
        check("small", gxe.ExpectColumnValuesToBeBetween(column="id", max_value=5), families=("delivery",)),
        check(
            "none",
            gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT id FROM {batch} WHERE id < 3"),
            "warning",
        ),
        check("gone", gxe.ExpectColumnValuesToNotBeNull(column="carrier")),
    )
    monkeypatch.setattr(full, "full_suites", lambda: (made,))
    return made


def report(verdict: Status = Status.PASSED) -> Report:
    one = CheckResult(
        suite="numbers",
        check="complete",
        severity=Severity.CRITICAL,
        status=verdict,
        expectation="ExpectColumnValuesToNotBeNull",
        expected={"column": "id"},
        reason="So that.",
        owner="data-engineering",
    )
    return Report(plan=Plan.FULL, window=WINDOW, results=(one,))


def test_a_full_run_is_stored_and_told_on_a_page(
    db: Connection, database_uri: str, suite: Suite, tmp_path: Path
) -> None:
    found = check_everything(db, database_uri, WINDOW, NOW, "scheduled__1", tmp_path / "docs")
    assert found.verdict is Verdict.ERROR
    assert db.execute(
        "SELECT plan, verdict, checks, failed_critical, failed_warning, errors FROM sms_quality_runs"
    ).fetchall() == [("full", "error", 4, 1, 1, 1)]
    assert db.execute("SELECT count(*) FROM sms_bad_hours").fetchone() == (0,)
    (page,) = (tmp_path / "docs" / "runs").glob("*.html")
    text = page.read_text("utf-8")
    for expected in (
        "1 of 4 checks passed",
        "Because of small.",
        "data-engineering",
        "id values must be less than or equal to 5",
        "No row is found by this SELECT.",
        "SELECT id FROM {batch} WHERE id &lt; 3",
        "In doubt</dt><dd>delivery",
    ):
        assert expected in text
    assert text.index('id="numbers.gone"') < text.index('id="numbers.small"') < text.index('id="numbers.none"')
    index = (tmp_path / "docs" / "index.html").read_text("utf-8")
    assert f"runs/{page.name}" in index
    assert "4 checks over 2026-11-20 10:00 to 2026-11-20 11:00 UTC" in index


def test_pages_need_nothing_from_elsewhere_and_run_no_script(
    db: Connection, database_uri: str, suite: Suite, tmp_path: Path
) -> None:
    check_everything(db, database_uri, WINDOW, NOW, docs_dir=tmp_path / "docs")
    for path in (tmp_path / "docs").rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert not re.search(r"https?:|//[a-z]|<script|<img|<iframe|\bon\w+=|style=|@import|url\(", text), path
    for page in (tmp_path / "docs").rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#]+)', page.read_text("utf-8")):
            assert (page.parent / link).is_file(), f"{page}: {link}"


def test_values_cannot_become_markup(db: Connection, database_uri: str, suite: Suite, tmp_path: Path) -> None:
    check_everything(db, database_uri, WINDOW, NOW, docs_dir=tmp_path / "docs")
    assert not any("<b>" in page.read_text("utf-8") for page in (tmp_path / "docs").rglob("*.html"))


def test_the_newest_30_runs_are_kept(tmp_path: Path) -> None:
    for day in range(33):
        docs.build(report(), RUN, NOW + timedelta(days=day), tmp_path)
    pages = sorted(path.name for path in (tmp_path / "runs").glob("*.html"))
    assert (len(pages), pages[0][:8]) == (30, "20261123")
    assert len(list((tmp_path / "runs").iterdir())) == 60
    assert (tmp_path / "index.html").read_text("utf-8").count("<tr><td>") == 30


def test_a_run_built_twice_is_there_once(tmp_path: Path) -> None:
    assert docs.build(report(), RUN, NOW, tmp_path) == docs.build(report(Status.FAILED), RUN, NOW, tmp_path)
    assert [path.name for path in (tmp_path / "runs").glob("*.html")] == ["20261120T110300Z-0191f2aa.html"]


def test_a_crash_is_stored_shown_and_raised(
    db: Connection, database_uri: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def crash() -> tuple[Suite, ...]:
        raise ImportError("no module named great_expectations")

    monkeypatch.setattr(full, "full_suites", crash)
    with pytest.raises(QualityCheckError, match="could not be run: ImportError"):
        check_everything(db, database_uri, WINDOW, NOW, docs_dir=tmp_path)
    assert db.execute("SELECT verdict FROM sms_quality_runs").fetchall() == [("error",)]
    assert "ImportError" in (tmp_path / "index.html").read_text("utf-8")


def test_docs_that_cannot_be_written_cost_no_result(
    db: Connection, database_uri: str, suite: Suite, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QualityCheckError, match="the results are stored, but the Data Docs could not be written"):
        check_everything(db, database_uri, WINDOW, NOW, docs_dir=tmp_path / "file")
    assert db.execute("SELECT count(*) FROM sms_quality_results").fetchone() == (4,)


def test_where_the_docs_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SMS_MONITORING_DATA_DOCS_DIR", str(tmp_path))
    assert docs.data_docs_dir() == tmp_path
    monkeypatch.delenv("SMS_MONITORING_DATA_DOCS_DIR")
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    assert docs.data_docs_dir() == tmp_path / "sms_monitoring" / "data_docs"


def test_the_full_window_is_90_days_up_to_the_newest_complete_hour() -> None:
    assert full.full_window(NOW) == WINDOW.reaching_back(timedelta(days=90))


def test_an_expectation_without_words_of_its_own_is_shown_as_it_is() -> None:
    one = report().results[0]
    assert sentence(one) == "id values must never be null."
    odd = CheckResult(**{**{name: getattr(one, name) for name in one.__slots__}, "expectation": "ExpectWonders"})
    assert sentence(odd) == 'ExpectWonders {"column": "id"}'


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (5_000_000, "5,000,000"),
        (2.50, "2.5"),
        (True, "True"),
        (["a", 1], "a, 1"),
        ({"missing_count": 0}, "missing count 0"),
    ],
)
def test_values_as_people_read_them(value: object, shown: str) -> None:
    assert compact(value) == shown


@pytest.mark.parametrize("text", ["", "[]", '{"name": "x"}'])
def test_a_file_of_somebody_elses_is_in_nobodys_way(tmp_path: Path, text: str) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "20990101.json").write_text(text)
    assert docs.build(report(), RUN, NOW, tmp_path).exists()
    assert "20990101" not in (tmp_path / "index.html").read_text()
