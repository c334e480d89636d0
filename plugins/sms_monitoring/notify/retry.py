"""When to try again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = timedelta(minutes=1)
CAP = timedelta(minutes=30)
# A Retry-After beyond this is a mistake of the far side, and no reason to shelve an alert.
LONGEST_PAUSE = timedelta(hours=24)
MAX_ATTEMPTS = 10
# What is older and still meets with failure is given up, however few its attempts.
MAX_AGE = timedelta(hours=24)


def next_attempt_delay(attempts: int, retry_after: float | None, random: Callable[[], float]) -> timedelta:
    """How long to wait after a failed attempt: exponential back-off with full jitter, never before Retry-After.

    Full jitter spreads those that failed together: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/

    :param attempts: how often it was tried, 1 or more.
    :param retry_after: seconds that the far side asked for.
    :param random: a number from 0 up to 1.
    """
    ceiling: timedelta = min(CAP, BASE * 2 ** min(attempts - 1, 30))
    asked = timedelta(seconds=0 if retry_after is None else min(retry_after, LONGEST_PAUSE.total_seconds()))
    return max(ceiling * random(), asked)


def parse_retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or as a date; None where it says nothing sensible.

    :param now: with a time zone.
    """
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), LONGEST_PAUSE.total_seconds()) if seconds == seconds else None  # noqa: PLR0124 - NaN
