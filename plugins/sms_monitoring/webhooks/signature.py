"""Whether Twilio signed a request: over the URL that it was given and all parameters, with the account's token. Pure.

https://www.twilio.com/docs/usage/security#validating-requests
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from sms_monitoring.webhooks.twilio_status import Parameters

HEADER = "X-Twilio-Signature"
PATH = "/webhooks/twilio/status"


def public_urls(configured: str, airflow_url: str, request_url: str) -> list[str]:
    """The URLs that Twilio may have been given: behind a proxy it is not the one that the request arrived at.

    It does no harm to accept several: each needs a signature of its own.

    :param configured: what the connection says, whole or without its path; empty: not said.
    :param airflow_url: Airflow's ``[api] base_url``; empty: not said.
    :param request_url: the URL that the request arrived at, with its query.
    """
    query = urlsplit(request_url).query
    if configured:
        # What follows a # is for Twilio's connection alone; it is neither sent nor signed.
        parts = urlsplit(configured.strip())._replace(fragment="")
        parts = parts._replace(path=PATH if parts.path in ("", "/") else parts.path, query=parts.query or query)
        return [parts.geturl()]
    urls = [request_url]
    if airflow_url.startswith(("http://", "https://")):
        urls.insert(0, f"{airflow_url.rstrip('/')}{PATH}{'?' if query else ''}{query}")
    return urls


def is_signed(auth_token: str, urls: list[str], parameters: Parameters, signature: str) -> bool:
    """Whether ``signature`` is that of the account with this token, for any of ``urls``."""
    validator = RequestValidator(auth_token)
    return any(_is_valid(validator, url, parameters, signature) for url in urls)


def without_secrets(url: str) -> str:
    """A URL as a log may have it: without the user and password that Twilio may have been given, and without query."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _is_valid(validator: RequestValidator, url: str, parameters: Parameters, signature: str) -> bool:
    try:
        return bool(validator.validate(url, parameters, signature))
    except ValueError:  # a Host header that is no host
        return False
