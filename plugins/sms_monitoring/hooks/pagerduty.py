"""PagerDuty's Events API v2 in the region, and with the patience, that we want."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pagerduty
from airflow.providers.pagerduty.hooks.pagerduty_events import PagerdutyEventsHook, prepare_event_data

from sms_monitoring.hooks.address import base_url

if TYPE_CHECKING:
    from httpx2 import Response

DEFAULT_URL = "https://events.pagerduty.com"


class OneAttemptClient(pagerduty.EventsApiV2Client):
    """An Events client that asks once.

    The library's own answers 429 with waiting for ever, and other failures with minutes of sleep.

    :param base_url: ``http`` too, for a relay in one's own network; the library insists on ``https``.
    """

    max_network_attempts = 0

    def __init__(self, routing_key: str, base_url: str, timeout: int) -> None:
        super().__init__(routing_key)
        self.timeout = timeout
        self._url = base_url

    def postprocess(self, response: Response) -> None:
        """Raise on any failure, before the library thinks of trying again.

        :raises pagerduty.HttpError: with the response.
        """
        if not response.is_success:
            raise pagerduty.HttpError(f"the events API answered {response.status_code}", response)


class RegionalPagerdutyEventsHook(PagerdutyEventsHook):
    """The provider's hook, at the address that the connection's host names.

    The host is empty for PagerDuty's US region, ``https://events.eu.pagerduty.com`` for the EU region.

    :param timeout: seconds for each step on the network.
    """

    def __init__(self, *, pagerduty_events_conn_id: str, timeout: int = 10) -> None:
        super().__init__(pagerduty_events_conn_id=pagerduty_events_conn_id)
        self.base_url = base_url(self.get_connection(pagerduty_events_conn_id), DEFAULT_URL)
        self.timeout = timeout

    @cached_property
    def client(self) -> OneAttemptClient:
        """The library's client."""
        return OneAttemptClient(self.integration_key, self.base_url, self.timeout)

    def send_event(self, *args: Any, **kwargs: Any) -> str:
        """As the provider's, at this hook's address.

        :raises pagerduty.Error: when it was not taken, or no answer came.
        """
        return str(self.client.send_event(**prepare_event_data(*args, **kwargs)))
