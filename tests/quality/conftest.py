"""Small suites over rows that each test writes itself."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sms_monitoring.quality.model import Check, Severity, Suite
from sms_monitoring.sqlfiles import read_sql, sql_root
from sms_monitoring.timeframe import Window

if TYPE_CHECKING:
    from pathlib import Path

HOUR = datetime(2026, 11, 20, 10, tzinfo=UTC)
WINDOW = Window(HOUR, HOUR + timedelta(hours=1))
NOW = HOUR + timedelta(hours=1, minutes=3)


@dataclass(frozen=True)
class Rows:
    """Makes suites whose rows are a SELECT of the test's own."""

    folder: Path

    def suite(self, name: str, select: str, *checks: Check) -> Suite:
        (self.folder / f"{name}.sql").write_text(select)
        read_sql.cache_clear()
        return Suite(name=name, rows=name, checks=checks)


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """A copy of include/sql in which a test may put rows of its own."""
    folder = tmp_path / "sql"
    shutil.copytree(sql_root(), folder)
    monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(folder))
    return Rows(folder / "quality" / "rows")


def check(name: str, expectation: Any, severity: str = "critical", families: tuple[str, ...] = ()) -> Check:
    return Check(
        name=name,
        expectation=expectation,
        severity=Severity(severity),
        reason=f"Because of {name}.",
        owner="data-engineering",
        families=families,
    )
