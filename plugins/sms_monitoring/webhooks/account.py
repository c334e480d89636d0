"""The Airflow connection that says whose callbacks are believed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from sms_monitoring.hooks.address import base_url

if TYPE_CHECKING:
    from collections.abc import Callable

CONN_ID = "sms_monitoring_twilio_webhook"
KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Account:
    """A Twilio account.

    :param auth_token: what it signs its callbacks with.
    :param public_url: the URL that it was given for them; empty where the connection does not say.
    """

    auth_token: str = field(repr=False)
    public_url: str = ""


def find_account() -> Account | None:
    """The account of the connection :data:`CONN_ID`; None without the connection, or without a password in it."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        connection = BaseHook.get_connection(CONN_ID)
    except AirflowNotFoundException:
        return None
    token = (connection.password or "").strip()
    return Account(token, base_url(connection)) if token else None


class Lookup:
    """Asks for the account at most once in :data:`KEPT_SECONDS`, however many callers there are.

    Anybody may call a webhook: a flood must not reach Airflow's database or the secrets backend. A change of the
    connection counts from then on.

    :param find: asks; may block.
    :param clock: seconds that only ever grow.
    """

    def __init__(
        self, find: Callable[[], Account | None] = find_account, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find = find
        self._clock = clock
        self._lock = asyncio.Lock()
        self._account: Account | None = None
        self._good_until: float | None = None

    async def account(self) -> Account | None:
        """The account, as :func:`find_account` has it."""
        async with self._lock:  # who waits here holds no thread
            if self._good_until is None or self._clock() >= self._good_until:
                self._account = await run_in_threadpool(self._find)
                self._good_until = self._clock() + KEPT_SECONDS
            return self._account
