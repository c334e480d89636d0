"""Local receivers, and a memory of the test's own."""

from __future__ import annotations

import pytest

from tests.notify.conftest import no_connections, receivers, running_receivers

__all__ = ["no_connections", "receivers", "running_receivers"]


@pytest.fixture(autouse=True)
def memory(tmp_path, monkeypatch):
    """Where the watchdog remembers what it told directly: nothing so far."""
    path = tmp_path / "home" / "watchdog.json"
    path.parent.mkdir()
    path.write_text("{}")
    monkeypatch.setenv("SMS_MONITORING_WATCHDOG_STATE", str(path))
    return path
