"""Text messages through Apprise's Twilio service, asked once, with the answer."""

from __future__ import annotations

import base64
import logging
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow.providers.apprise.hooks.apprise import AppriseHook
from apprise import AppriseAsset, NotifyType
from apprise.exception import AppriseException
from apprise.plugins.twilio import NotifyTwilio, TwilioMessageMode

from sms_monitoring.hooks.address import base_url
from sms_monitoring.hooks.http_post import post_once

if TYPE_CHECKING:
    from sms_monitoring.hooks.http_post import HttpAnswer

DEFAULT_URL = "https://api.twilio.com"
# Apprise logs numbers and texts, and a token that it cannot read.
_SILENT = logging.getLogger(f"{__name__}.apprise")
_SILENT.setLevel(logging.CRITICAL + 1)


class TwilioServiceError(ValueError):
    """The connection holds no Apprise service for Twilio; says what is wrong with it, without quoting it."""


class OneAttemptTwilio(NotifyTwilio):  # type: ignore[no-untyped-call]
    """Apprise's Twilio service at an address of our choice, which keeps the answer instead of logging it.

    Apprise reads account, key, sender and mode (text or WhatsApp) from its URL and prepares the text; the request is
    made here, because Apprise's own throws away status and Retry-After, follows redirects and knows one host only.
    """

    logger = _SILENT

    def __init__(self, *, api: str, to: str, timeout: float, **options: Any) -> None:
        options |= {"method": "sms", "retry": 0, "overflow": "upstream"}
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._address = f"{api}/2010-04-01/Accounts/{self.account_sid}/Messages.json"
        self._to = to
        self._timeout = timeout
        self.outcome: HttpAnswer | Exception | None = None

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: Any) -> bool:
        """Ask Twilio once; whether it took the message. :attr:`outcome` says more."""
        prefix = "whatsapp:" if self.default_mode == TwilioMessageMode.WHATSAPP else ""
        form = urlencode({"Body": body, "From": f"{prefix}{self.source}", "To": f"{prefix}{self._to}"})
        credentials = base64.b64encode(f"{self.apikey or self.account_sid}:{self.auth_token}".encode()).decode()
        headers = {
            "Accept": "application/json",
            "Authorization": f"Basic {credentials}",
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "sms-monitoring",
        }
        try:
            answer = post_once(self._address, form.encode(), headers, self._timeout)
        except (OSError, HTTPException) as error:
            self.outcome = error
            return False
        self.outcome = answer
        return answer.status < 300


class TwilioHook(AppriseHook):
    """The provider's hook for one Twilio service; whether a message was taken is told.

    The connection's ``config`` is Apprise's: ``{"path": "twilio://ACCOUNT_SID:AUTH_TOKEN@FROM", "tag": …}``. Its host
    is empty for Twilio's US region, else that of another region's API, such as ``api.dublin.ie1.twilio.com``.

    :param timeout: seconds for each step on the network.
    :raises TwilioServiceError: when the connection does not describe exactly one Twilio service.
    """

    def __init__(self, *, apprise_conn_id: str, timeout: float = 10) -> None:
        super().__init__(apprise_conn_id=apprise_conn_id)
        connection = self.get_connection(apprise_conn_id)
        self.base_url = base_url(connection, DEFAULT_URL)
        self.timeout = timeout
        self._options = self._service(connection)
        service = self._open("+10000000000")
        self.sender = str(service.source)
        self.secrets = tuple(str(secret) for secret in (service.auth_token, service.apikey) if secret)
        self.login = str(service.apikey or service.account_sid)

    def send_text(self, body: str, to: str) -> HttpAnswer:
        """Send ``body``, not empty, to one number (E.164).

        :raises urllib.error.URLError: when it did not get there.
        :raises OSError, http.client.HTTPException: when it may have got there, but the answer was lost.
        """
        service = self._open(to)
        service.notify(body=body)
        if isinstance(service.outcome, Exception):
            raise service.outcome
        if service.outcome is None:
            raise RuntimeError("Apprise did not send the message")
        return service.outcome

    def _service(self, connection: Any) -> dict[str, Any]:
        try:
            config = self.get_config_from_conn(connection)
        except (KeyError, TypeError, ValueError):
            config = None
        services = config if isinstance(config, list) else [config]
        paths = [service.get("path") for service in services if isinstance(service, dict)]
        if len(paths) != 1 or not str(paths[0]).lower().startswith("twilio://"):
            raise TwilioServiceError("has no config in its extra with one path that begins with twilio://")
        options: dict[str, Any] | None = NotifyTwilio.parse_url(paths[0])  # type: ignore[no-untyped-call]
        if options is None:
            raise TwilioServiceError("has a path in its config that Apprise cannot read")
        if options.pop("targets", None):
            raise TwilioServiceError("names recipients in its path, where only the sender's number belongs")
        return options

    def _open(self, to: str) -> OneAttemptTwilio:
        try:
            return OneAttemptTwilio(
                api=self.base_url,
                to=to,
                timeout=self.timeout,
                asset=AppriseAsset(storage_path=None),
                **self._options,
            )
        except AppriseException:
            # Apprise quotes what it cannot read.
            pass
        raise TwilioServiceError(
            "has a path in its config without an account SID (AC…), a token and a sender's number that Twilio knows"
        )
