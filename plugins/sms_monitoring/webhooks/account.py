"""The Airflow connection that says whose callbacks are believed."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from sms_monitoring.api.errors import ApiError
from sms_monitoring.hooks.address import base_url

if TYPE_CHECKING:
    from collections.abc import Callable

CONN_ID = "sms_monitoring_twilio_webhook"
KEPT_SECONDS = 60.0
RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


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
    connection counts from then on. While it cannot be asked for, what was found last counts.

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
        self._was_found = False
        self._good_until = float("-inf")

    async def account(self) -> Account | None:
        """The account, as :func:`find_account` has it.

        :raises ApiError: 503 while it cannot be asked for, and never could.
        """
        async with self._lock:  # who waits here holds no thread
            if self._clock() >= self._good_until:
                await self._ask()
            if not self._was_found:
                raise ApiError(503, "This server cannot look up its settings now.", headers={"Retry-After": "5"})
            return self._account

    async def _ask(self) -> None:
        try:
            self._account = await run_in_threadpool(self._find)
        except Exception as error:
            # Its words may hold a secret.
            log.warning("the connection %s could not be looked up (%s)", CONN_ID, type(error).__name__)
            self._good_until = self._clock() + RETRY_SECONDS
        else:
            self._was_found = True
            self._good_until = self._clock() + KEPT_SECONDS
