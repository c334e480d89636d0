"""How the bundle reaches the receivers: ordinary Airflow connections, as URIs for ``AIRFLOW_CONN_<ID>``."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

# The only webhooks, integration and account there are. They open nothing but a server on this machine.
SLACK_SERVICE = "T00000000/B00000000"
SLACK_TOKEN = "XXXXXXXXXXXXXXXXXXXXXXXX"  # noqa: S105
ROUTING_KEY = "0123456789abcdef0123456789abcdef"
TWILIO_ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TWILIO_TOKEN = "fedcba9876543210fedcba9876543210"  # noqa: S105
# Twilio's own number for tests: https://www.twilio.com/docs/iam/test-credentials
TWILIO_NUMBER = "+15005550006"
TWILIO_SERVICE = f"twilio://{TWILIO_ACCOUNT}:{TWILIO_TOKEN}@{TWILIO_NUMBER}"
WEBHOOK_SECRET = "whsec_bG9jYWwgcmVjZWl2ZXJzLCBub3RoaW5nIGVsc2U="  # noqa: S105
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


def sms_connection(url: str) -> str:
    """The connection for Apprise with Twilio; its host is the base URL of Twilio's API."""
    extra = {"config": {"path": TWILIO_SERVICE, "tag": "alerts"}}
    return f"{_uri('apprise', url)}/?{urlencode({'__extra__': json.dumps(extra)})}"


def webhook_connection(url: str) -> str:
    """The connection for the signed webhook."""
    return _uri("http", f"{url}/webhook", password=WEBHOOK_SECRET)


def _uri(conn_type: str, host: str, *, password: str = "") -> str:
    secret = f":{quote(password, safe='')}@" if password else ""
    if conn_type == "http":
        # Airflow strikes out every http:// of such a URI.
        return f"http://{secret}{quote(host, safe='')}"
    # Airflow writes a host that has a scheme as a second scheme: slackwebhook://http://:password@host
    scheme, _, rest = host.partition("://")
    return f"{conn_type}://{scheme}://{secret}{quote(rest, safe='')}"
