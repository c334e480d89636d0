"""One set of receivers for the whole run, emptied and mended for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sms_monitoring.local.receivers import Receivers

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running_receivers() -> Iterator[Receivers]:
    with Receivers() as running:
        yield running


@pytest.fixture
def receivers(running_receivers: Receivers) -> Receivers:
    """Running receivers, empty and without faults."""
    running_receivers.recover()
    running_receivers.clear()
    return running_receivers
