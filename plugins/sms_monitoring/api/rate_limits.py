"""How often one caller may ask: a moving window for each user, in this process's memory.

An API server with several workers counts in each of them by itself.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from sms_monitoring.api.errors import ApiError

if TYPE_CHECKING:
    from fastapi import Request

VARIABLE = "SMS_MONITORING_API_RATE_LIMIT"
READING = "600/minute"
# Changes are made by people; so is what takes a second or more of the database's time.
COSTLY = "60/minute"
# The dashboard is some seventy small files, of which a browser asks for each whether it is still as it was.
FILES = "6000/minute"

_limiter = MovingWindowRateLimiter(MemoryStorage())


@cache
def reading_limit() -> RateLimitItem:
    """What :data:`VARIABLE` says, else :data:`READING`.

    :raises RuntimeError: when it is no limit such as ``600/minute``.
    """
    text = os.environ.get(VARIABLE) or READING
    try:
        return parse(text)
    except ValueError as error:
        raise RuntimeError(f"{VARIABLE} is {text!r}, not a limit like 600/minute") from error


def count(request: Request, caller: str) -> None:
    """Count a request of ``caller``.

    :raises ApiError: 429, with Retry-After, when it is one too many.
    """
    hit(reading_limit(), "requests", caller)
    if request.method not in ("GET", "HEAD"):
        hit(parse(COSTLY), "changes", caller)


def count_file(caller: str) -> None:
    """Count a file of the dashboard.

    :raises ApiError: as :func:`count`.
    """
    hit(parse(FILES), "files", caller)


def count_costly(caller: str) -> None:
    """Count a request that takes long: a replay, an export.

    :raises ApiError: as :func:`count`.
    """
    hit(parse(COSTLY), "costly requests", caller)


def hit(limit: RateLimitItem, what: str, caller: str) -> None:
    """Count one ``what`` of ``caller`` against ``limit``. :raises ApiError: 429 when it is one too many."""
    if _limiter.hit(limit, what, caller):
        return
    import time

    seconds = max(1, round(_limiter.get_window_stats(limit, what, caller).reset_time - time.time()))
    message = f"More than {limit.amount} {what} in {limit.get_expiry()} seconds. Try again in {seconds} s."
    raise ApiError(429, message, headers={"Retry-After": str(seconds)})


def forget() -> None:
    """Start counting anew, by the environment as it is now."""
    _limiter.storage.reset()
    reading_limit.cache_clear()
