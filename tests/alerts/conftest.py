"""The whole alert engine on a database of the test's own."""

from __future__ import annotations

import pytest

from tests.alerts.live import Live, watch_each_carrier


@pytest.fixture
def live(db):
    """The delivery alert of the whole system."""
    return Live(conn=db)


@pytest.fixture
def live_carriers(db, tmp_path, monkeypatch):
    """The delivery alert, each carrier by itself."""
    watch_each_carrier(tmp_path, monkeypatch)
    return Live(conn=db)
