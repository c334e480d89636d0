"""When a delivery is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sms_monitoring.notify.retry import LONGEST_PAUSE, next_attempt_delay, parse_retry_after

NOW = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (10, 30), (10_000, 30)]
)
def test_the_ceiling_doubles_up_to_half_an_hour(attempts: int, minutes: int) -> None:
    assert next_attempt_delay(attempts, None, lambda: 1.0) == timedelta(minutes=minutes)


def test_jitter_is_full() -> None:
    assert next_attempt_delay(3, None, lambda: 0.0) == timedelta(0)
    assert next_attempt_delay(3, None, lambda: 0.5) == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [(90, 90), (5, 30), (0, 30), (10**9, LONGEST_PAUSE.total_seconds())]
)
def test_never_before_retry_after(retry_after: float, seconds: float) -> None:
    assert next_attempt_delay(1, retry_after, lambda: 0.5).total_seconds() == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("30", 30),
        ("0", 0),
        ("-5", 0),
        ("1.5", 1.5),
        ("Sun, 01 Nov 2026 10:02:00 GMT", 120),
        ("Sun, 01 Nov 2026 09:00:00 GMT", 0),
        ("99999999999", LONGEST_PAUSE.total_seconds()),
        ("inf", LONGEST_PAUSE.total_seconds()),
        ("nan", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_header(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds
