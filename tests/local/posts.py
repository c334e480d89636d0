"""Well-formed deliveries to the receivers' HTTP channels, by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
from standardwebhooks import Webhook

from sms_monitoring.local.receivers.connections import (
    HOURLY_CHECK,
    ROUTING_KEY,
    SENTRY_KEY,
    SENTRY_PROJECT,
    SLACK_SERVICE,
    SLACK_TOKEN,
    TWILIO_ACCOUNT,
    TWILIO_NUMBER,
    TWILIO_TOKEN,
    WEBHOOK_SECRET,
)

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import ReceiversClient

HTTP = httpx.Client(trust_env=False)
HTTP_CHANNELS = ("slack", "pagerduty", "sms", "webhook", "heartbeat", "sentry")


def post(receivers: ReceiversClient, channel: str, *, timeout: float = 5, text: str = "x") -> httpx.Response:
    """Deliver ``text`` to one channel."""
    posts = {"slack": _slack, "pagerduty": _pagerduty, "sms": _sms, "webhook": _webhook}
    posts |= {"heartbeat": _heartbeat, "sentry": _sentry}
    return posts[channel](receivers.url, text, timeout)


def _slack(url: str, text: str, timeout: float) -> httpx.Response:
    return HTTP.post(f"{url}/services/{SLACK_SERVICE}/{SLACK_TOKEN}", json={"text": text}, timeout=timeout)


def _pagerduty(url: str, text: str, timeout: float) -> httpx.Response:
    payload = {"summary": text, "source": "s", "severity": "info"}
    event = {"routing_key": ROUTING_KEY, "event_action": "trigger", "dedup_key": "k", "payload": payload}
    return HTTP.post(f"{url}/v2/enqueue", json=event, timeout=timeout)


def _sms(url: str, text: str, timeout: float) -> httpx.Response:
    return HTTP.post(
        f"{url}/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages.json",
        data={"To": "+12025550143", "From": TWILIO_NUMBER, "Body": text},
        auth=(TWILIO_ACCOUNT, TWILIO_TOKEN),
        timeout=timeout,
    )


def _webhook(url: str, text: str, timeout: float) -> httpx.Response:
    alert = {"event": "trigger", "severity": "info", "title": text, "entity": "all"}
    body = json.dumps({"type": "sms_monitoring.alerts", "version": 1, "alerts": [alert]})
    now = datetime.now(UTC)
    headers = {
        "webhook-id": f"msg_{text}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(WEBHOOK_SECRET).sign(f"msg_{text}", now, body),
    }
    return HTTP.post(f"{url}/webhook", content=body, headers=headers, timeout=timeout)


def _heartbeat(url: str, text: str, timeout: float) -> httpx.Response:
    return HTTP.post(f"{url}/ping/{HOURLY_CHECK}", content=text, timeout=timeout)


def _sentry(url: str, text: str, timeout: float) -> httpx.Response:
    event = {"event_id": "0" * 32, "exception": {"values": [{"type": "ValueError", "value": text}]}}
    return post_envelope(url, envelope(event), timeout=timeout)


def envelope(event: dict[str, Any], kind: str = "event") -> bytes:
    """An envelope with one item, as Sentry's SDK writes it."""
    payload = json.dumps(event).encode()
    head = {"type": kind, "content_type": "application/json", "length": len(payload)}
    return b"\n".join([json.dumps({"event_id": event.get("event_id")}).encode(), json.dumps(head).encode(), payload])


def post_envelope(
    url: str, body: bytes, *, key: str = SENTRY_KEY, project: str = SENTRY_PROJECT, timeout: float = 5, **headers: str
) -> httpx.Response:
    """POST an envelope with the key of a DSN."""
    auth = {"X-Sentry-Auth": f"Sentry sentry_key={key}, sentry_version=7, sentry_client=sentry.python/2.75.0"}
    return HTTP.post(f"{url}/api/{project}/envelope/", content=body, headers={**auth, **headers}, timeout=timeout)
