"""The one interface of tests and demo to running receivers, in this process or another."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from sms_monitoring.local.receivers import connections

TIMEOUT_SECONDS = 10
UNPROCESSABLE = 422
# No proxy of the environment stands between this process and its own machine.
_OPENER = build_opener(ProxyHandler({}))


class ReceiversClient:
    """Talks to receivers over their control API.

    :param url: where they serve, e.g. ``http://127.0.0.1:8025``; the ready file of the process form says it.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    @property
    def smtp_port(self) -> int:
        """Port of the mail server, on 127.0.0.1."""
        return int(self._call("GET", "/control")["smtp_port"])

    @property
    def slack_connection_uri(self) -> str:
        """Airflow connection URI for ``SlackWebhookHook``."""
        return connections.slack_connection(self.url)

    @property
    def pagerduty_connection_uri(self) -> str:
        """Airflow connection URI for a PagerDuty Events hook that reads its base URL from the host."""
        return connections.pagerduty_connection(self.url)

    @property
    def sms_connection_uri(self) -> str:
        """Airflow connection URI for Apprise with Twilio, for a hook that reads its base URL from the host."""
        return connections.sms_connection(self.url)

    @property
    def webhook_connection_uri(self) -> str:
        """Airflow connection URI for the signed webhook."""
        return connections.webhook_connection(self.url)

    @property
    def heartbeat_connection_uri(self) -> str:
        """Airflow connection URI for the heartbeats of the hourly DAG."""
        return connections.heartbeat_connection(self.url)

    @property
    def sentry_dsn(self) -> str:
        """The DSN for Airflow's ``[sentry] sentry_dsn``."""
        return connections.sentry_dsn(self.url)

    @property
    def smtp_connection_uri(self) -> str:
        """Airflow connection URI for ``SmtpHook``."""
        return connections.smtp_connection(self.smtp_port)

    def received(self, channel: str | None = None, *, accepted: bool | None = None) -> list[dict[str, Any]]:
        """What arrived, oldest first.

        :param channel: one of :class:`~sms_monitoring.local.receivers.verdict.Channel`; None: all.
        :param accepted: True or False keeps only the accepted or the rejected attempts; None: both.
        :returns: dicts with ``id``, ``channel``, ``received_at``, ``accepted``, ``status``, ``reason``, ``warnings``
            and ``content`` (Slack's payload, PagerDuty's event, the parsed mail, the text message with ``to``, ``text``
            and ``segments``, the webhook's ``id`` and ``body``, a heartbeat's ``check``, ``signal`` and ``note``, or
            Sentry's ``event``).
        """
        filters = {"channel": channel, "accepted": accepted}
        return list(self._call("GET", "/control/received", filters=filters))

    def incidents(self) -> list[dict[str, Any]]:
        """PagerDuty's incidents, oldest first.

        :returns: dicts with the fields of :class:`~sms_monitoring.local.receivers.incidents.Incident`.
        """
        return list(self._call("GET", "/control/incidents"))

    def clear(self, channel: str | None = None) -> None:
        """Forget what arrived on one channel, or all."""
        self._call("DELETE", "/control/received", filters={"channel": channel})

    def fail(self, channel: str, **fault: Any) -> None:
        """Make a channel fail from now on: ``fail("slack", status=500, times=3)``.

        :param fault: the fields of :class:`~sms_monitoring.local.receivers.faults.Fault`.
        :raises ValueError: when they make no sense, saying why.
        """
        self._call("PUT", f"/control/faults/{channel}", body=fault)

    def recover(self, channel: str | None = None) -> None:
        """Make a channel, or all, work again; deliveries held up go on at once."""
        self._call("DELETE", "/control/faults", filters={"channel": channel})

    def _call(self, method: str, path: str, *, filters: dict[str, Any] | None = None, body: Any = None) -> Any:
        query = urlencode({name: value for name, value in (filters or {}).items() if value is not None})
        request = Request(  # noqa: S310 - an http URL of this machine
            f"{self.url}{path}?{query}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as response:
                return json.load(response)
        except HTTPError as error:
            if error.code != UNPROCESSABLE:
                raise
            raise ValueError(str(json.load(error)["detail"])) from error
