"""Wall clocks convert as Python's zoneinfo does, for every zone and both DST changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sms_monitoring.simulator.arrays import to_micros
from sms_monitoring.simulator.zones import ZONES, WallClocks

YEAR = WallClocks(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize("name", ZONES)
def test_every_hour_of_a_year(name: str) -> None:
    zone = ZoneInfo(name)
    walls = [datetime(2026, 1, 1) + timedelta(minutes=30 * step) for step in range(365 * 48)]
    local = np.array([to_micros(wall.replace(tzinfo=UTC)) for wall in walls])
    number = np.full(len(walls), list(ZONES).index(name))
    utc = YEAR.to_utc(number, local)
    assert utc.tolist() == [to_micros(wall.replace(tzinfo=zone).astimezone(UTC)) for wall in walls]
    shown = [datetime.fromtimestamp(micros / 1e6, UTC).astimezone(zone).replace(tzinfo=UTC) for micros in utc.tolist()]
    assert YEAR.to_local(number, utc).tolist() == [to_micros(wall) for wall in shown]


def test_zones_mix_in_one_call() -> None:
    numbers = np.array([list(ZONES).index(name) for name in ("Asia/Kathmandu", "Europe/Berlin", "Asia/Kathmandu")])
    noon = to_micros(datetime(2026, 7, 1, 12, tzinfo=UTC))
    utc = YEAR.to_utc(numbers, np.full(3, noon))
    assert [(noon - micros) / 3.6e9 for micros in utc.tolist()] == [5.75, 2, 5.75]
