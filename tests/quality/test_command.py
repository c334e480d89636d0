"""``python -m sms_monitoring quality``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import great_expectations.expectations as gxe
import pytest

from sms_monitoring.__main__ import main
from sms_monitoring.quality import full, gate
from tests.quality.conftest import check

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from sms_monitoring.quality.model import Check
    from tests.quality.conftest import Rows

SELECT = "SELECT 1 AS id, current_setting('sms_monitoring.window_start')::timestamptz AS hour"


@pytest.fixture
def environment(db: Connection, database_uri: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SMS_MONITORING_DB_URI", database_uri)
    monkeypatch.setenv("SMS_MONITORING_DATA_DOCS_DIR", str(tmp_path / "docs"))


def use(rows: Rows, monkeypatch: pytest.MonkeyPatch, *checks: Check) -> None:
    suite = rows.suite("hour", SELECT, *checks)
    monkeypatch.setattr(gate, "gate_suites", lambda: (suite,))
    monkeypatch.setattr(full, "full_suites", lambda: (suite,))


SOUND = check("sound", gxe.ExpectColumnValuesToNotBeNull(column="id"))
TOO_HIGH = gxe.ExpectColumnValuesToBeBetween(column="id", max_value=0)


@pytest.mark.usefixtures("environment")
def test_the_gate_over_an_hour(rows: Rows, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    use(rows, monkeypatch, SOUND)
    assert main(["quality", "--hour", "2026-11-20T10:30:00+00:00"]) == 0
    assert capsys.readouterr().out == ("gate 2026-11-20 10:00 to 2026-11-20 11:00 UTC: passed, 1 of 1 checks passed\n")


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("severity", "code"), [("critical", 1), ("warning", 0)])
def test_what_failed_is_printed_and_only_what_is_critical_fails_the_command(
    rows: Rows, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], severity: str, code: int
) -> None:
    use(rows, monkeypatch, SOUND, check("low", TOO_HIGH, severity))
    assert main(["quality", "--hour", "2026-11-20T10:00:00+00:00"]) == code
    assert capsys.readouterr().out.splitlines() == [
        f"gate 2026-11-20 10:00 to 2026-11-20 11:00 UTC: {severity}, 1 of 2 checks passed",
        f"  {severity:<8} hour.low: failed",
        "           Because of low. (data-engineering)",
        "           1 unexpected",
        "           id=1, hour=2026-11-20T10:00:00+00:00",
    ]


@pytest.mark.usefixtures("environment")
def test_the_full_plan_says_where_its_pages_are(
    rows: Rows, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    use(rows, monkeypatch, SOUND)
    assert main(["quality", "--plan", "full", "--hour", "2026-11-20T10:00:00+00:00"]) == 0
    out = capsys.readouterr().out
    assert "full 2026-08-22 11:00 to 2026-11-20 11:00 UTC: passed" in out
    index = Path(out.rsplit("Data Docs: ", 1)[1].strip())
    assert index == tmp_path / "docs" / "index.html"
    assert index.is_file()


@pytest.mark.usefixtures("environment")
def test_checks_that_could_not_be_run_fail_the_command(
    rows: Rows, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(rows, monkeypatch)
    monkeypatch.setattr(gate, "gate_suites", lambda: 1 / 0)
    assert main(["quality", "--hour", "2026-11-20T10:00:00+00:00"]) == 1
    assert (
        "error: the data quality checks of 1 of 1 hours could not be run: ZeroDivisionError" in capsys.readouterr().err
    )


def test_a_time_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["quality", "--hour", "yesterday"])
    assert "'yesterday' is no time like 2026-11-01T10:00:00+00:00" in capsys.readouterr().err


def test_an_hour_that_is_not_over_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["quality", "--hour", "2999-01-01T10:00:00+00:00"])
    assert "is not over yet: there is nothing to check" in capsys.readouterr().err
