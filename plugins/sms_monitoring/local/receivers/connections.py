"""How the bundle reaches the receivers: ordinary Airflow connections, as URIs for ``AIRFLOW_CONN_<ID>``."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

# The only webhook and the only integration there are. They open nothing but a server on this machine.
SLACK_SERVICE = "T00000000/B00000000"
SLACK_TOKEN = "XXXXXXXXXXXXXXXXXXXXXXXX"  # noqa: S105
ROUTING_KEY = "0123456789abcdef0123456789abcdef"
FROM_EMAIL = "sms-monitoring@example.com"


def slack_connection(url: str) -> str:
    """The connection for ``SlackWebhookHook``, where the receivers serve at ``url``."""
    return _uri("slackwebhook", f"{url}/services", password=f"{SLACK_SERVICE}/{SLACK_TOKEN}")


def pagerduty_connection(url: str) -> str:
    """The connection for the PagerDuty Events hook; its host is the base URL of the API."""
    return _uri("pagerduty-events", url, password=ROUTING_KEY)


def smtp_connection(port: int) -> str:
    """The connection for ``SmtpHook``."""
    extra = {"disable_ssl": True, "disable_tls": True, "from_email": FROM_EMAIL}
    return f"smtp://127.0.0.1:{port}/?{urlencode({'__extra__': json.dumps(extra)})}"


def _uri(conn_type: str, host: str, *, password: str) -> str:
    # Airflow writes a host that has a scheme as a second scheme: slackwebhook://http://:password@host
    scheme, _, rest = host.partition("://")
    return f"{conn_type}://{scheme}://:{quote(password, safe='')}@{quote(rest, safe='')}"
