"""Where an Airflow connection leads to. Pure."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit


def base_url(connection: Any, default: str = "") -> str:
    """The base URL by the connection's host, schema and port, without a slash at its end; ``default`` without a host.

    >>> from types import SimpleNamespace as Connection
    >>> base_url(Connection(host="events.eu.pagerduty.com", schema=None, port=None))
    'https://events.eu.pagerduty.com'
    """
    if not connection.host:
        return default
    host = connection.host if "://" in connection.host else f"{connection.schema or 'https'}://{connection.host}"
    return f"{host.rstrip('/')}{f':{connection.port}' if connection.port else ''}"


def is_confidential(url: str) -> bool:
    """Whether nobody on the way can read along: https, or http that does not leave this machine.

    :param url: an http or https URL with a host.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
