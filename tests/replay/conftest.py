"""The live engine, whose history is replayed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sms_monitoring.replay.service import replay_request
from sms_monitoring.sqlfiles import read_sql, sql_root
from tests.alerts.live import ALERT, Live, watch_each_carrier

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sms_monitoring.replay.model import ReplayResult


@pytest.fixture
def live(db):
    """The delivery alert of the whole system; every quarter of an hour it is followed up."""
    return Live(conn=db, follow_ups=tuple(timedelta(minutes=minutes) for minutes in range(0, 60, 15)))


@pytest.fixture
def live_carriers(live, tmp_path, monkeypatch):
    """The delivery alert, each carrier by itself."""
    watch_each_carrier(tmp_path, monkeypatch)
    return live


@pytest.fixture
def change_sql(tmp_path, monkeypatch) -> Callable[[str, str, str], None]:
    """For this test, replace some text in a SQL file."""

    def change(name: str, old: str, new: str) -> None:
        root: Path = tmp_path / "changed"
        shutil.copytree(sql_root(), root)
        text = (root / name).read_text(encoding="utf-8")
        assert old in text
        (root / name).write_text(text.replace(old, new), encoding="utf-8")
        monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(root))
        read_sql.cache_clear()

    return change


@dataclass(frozen=True)
class Replayed:
    """Replays what ``live`` has run."""

    live: Live

    def __call__(self, start: int = 0, end: int | None = None, **changes: Any) -> ReplayResult:
        """The hours from the ``start``-th up to the ``end``-th of the history, all by default, with these changes."""
        hours = round(self.live.at / timedelta(hours=1))
        first, last = (self.live.start + timedelta(hours=number) for number in (start, hours if end is None else end))
        return replay_request(
            self.live.conn,
            [ALERT],
            alert_type=ALERT.name,
            changes=changes,
            start=first.isoformat(),
            end=last.isoformat(),
            now=self.live.now,
        )


@pytest.fixture
def replayed(live) -> Replayed:
    return Replayed(live)
