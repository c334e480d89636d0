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
# Two checks as at Healthchecks.io, by the UUID that is the secret of each.
HOURLY_CHECK = "11111111-2222-4333-8444-555555555555"
WATCHDOG_CHECK = "66666666-7777-4888-9999-aaaaaaaaaaaa"
CHECKS = {HOURLY_CHECK: "sms-hourly-monitoring", WATCHDOG_CHECK: "sms-watchdog"}
CRONITOR_KEY = "cccccccccccccccccccccccccccccccc"
SENTRY_KEY = "abcdef0123456789abcdef0123456789"
SENTRY_PROJECT = "1"


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


def heartbeat_connection(url: str, check: str = HOURLY_CHECK) -> str:
    """The connection for the heartbeats of one check, by the convention of Healthchecks.io."""
    return _uri("http", f"{url}/ping", password=check)


def sentry_dsn(url: str) -> str:
    """The DSN for Airflow's ``[sentry] sentry_dsn``."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{SENTRY_KEY}@{rest}/{SENTRY_PROJECT}"


def _uri(conn_type: str, host: str, *, password: str = "") -> str:
    secret = f":{quote(password, safe='')}@" if password else ""
    if conn_type == "http":
        # Airflow strikes out every http:// of such a URI.
        return f"http://{secret}{quote(host, safe='')}"
    # Airflow writes a host that has a scheme as a second scheme: slackwebhook://http://:password@host
    scheme, _, rest = host.partition("://")
    return f"{conn_type}://{scheme}://{secret}{quote(rest, safe='')}"
