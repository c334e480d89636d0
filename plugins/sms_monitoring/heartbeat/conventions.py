"""How each service wants to be told. Pure.

================  ==========================================================================================
``healthchecks``  Healthchecks.io and its self-hosted kin: POST to ``https://hc-ping.com/<uuid>``, ``…/fail`` for a
                  failure; the body is a note. A check that it does not know, and too many pings, are told in a
                  *success*: ``OK (not found)``, ``OK (rate limited)``. https://healthchecks.io/docs/http_api/
``cronitor``      GET ``https://cronitor.link/p/<api key>/<monitor>?state=complete``, ``state=fail`` for a failure;
                  ``message`` is a note. https://cronitor.io/docs/telemetry-api
``pagerduty``     PagerDuty has no address to ping: an Event Orchestration expects an Events API v2 ``trigger`` with
                  the same ``dedup_key`` in time, holds it back while it comes and lets it open an incident when it
                  does not. No signal of failure: a failing run opens an incident of its own.
                  https://www.pagerduty.com/prompt-library/heartbeat-event-monitoring
``plain``         GET of any address that counts calls: Better Stack, Dead Man's Snitch, Uptime Kuma, Grafana OnCall …
                  No signal of failure.
================  ==========================================================================================
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Cronitor takes 2000 characters; nobody needs more.
MAX_NOTE = 1000
SOURCE = "SMS monitoring"
TEXT = {"Content-Type": "text/plain; charset=utf-8"}


class Signal(StrEnum):
    """What is told."""

    ALIVE = "alive"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Told:
    """What is said beside the signal.

    :param name: tells one heartbeat from the other, such as the id of its connection.
    :param note: one sentence for a reader, without secrets.
    """

    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ping:
    """One HTTP request."""

    method: str
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def make_ping(convention: str, address: str, secret: str, signal: Signal, told: Told) -> Ping | None:
    """The request for one signal; None where the convention has no word for it.

    :param address: base URL, without the secret.
    :param secret: the rest of the URL, or PagerDuty's routing key.
    :param told: who says it, and in which words.
    :raises ValueError: for a convention that there is not.
    """
    if convention not in CONVENTIONS:
        raise ValueError(f"{convention!r} is no convention of heartbeats; there are: {', '.join(CONVENTIONS)}")
    return CONVENTIONS[convention](address, secret, signal, told)


def refusal_in(answer: str) -> str | None:
    """What a success says all the same: Healthchecks.io answers 200 to a check that it does not know."""
    return answer.strip() if answer.strip() in ("OK (not found)", "OK (rate limited)") else None


def _healthchecks(address: str, secret: str, signal: Signal, told: Told) -> Ping:
    parts = urlsplit(f"{address}/{secret}")
    path = parts.path.rstrip("/") + ("/fail" if signal is Signal.FAILED else "")
    return Ping("POST", urlunsplit(parts._replace(path=path)), told.note[:MAX_NOTE].encode(), TEXT)


def _cronitor(address: str, secret: str, signal: Signal, told: Told) -> Ping:
    parts = urlsplit(f"{address}/{secret}")
    said = [("state", "fail" if signal is Signal.FAILED else "complete"), ("message", told.note[:MAX_NOTE])]
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("state", "message")]
    return Ping("GET", urlunsplit(parts._replace(query=urlencode([*kept, *said]))))


def _pagerduty(address: str, secret: str, signal: Signal, told: Told) -> Ping | None:
    if signal is Signal.FAILED:
        return None
    payload = {"summary": told.note[:MAX_NOTE] or "alive", "source": SOURCE, "severity": "info", "class": "heartbeat"}
    event = {
        "routing_key": secret,
        "event_action": "trigger",
        "dedup_key": f"sms-monitoring/heartbeat/{told.name}",
        "payload": payload,
    }
    return Ping("POST", f"{address}/v2/enqueue", json.dumps(event).encode(), {"Content-Type": "application/json"})


def _plain(address: str, secret: str, signal: Signal, _told: Told) -> Ping | None:
    return None if signal is Signal.FAILED else Ping("GET", f"{address}/{secret}".rstrip("/"))


CONVENTIONS: Mapping[str, Callable[[str, str, Signal, Told], Ping | None]] = {
    "healthchecks": _healthchecks,
    "cronitor": _cronitor,
    "pagerduty": _pagerduty,
    "plain": _plain,
}
# Where each is, unless the connection's host says otherwise.
ADDRESSES = {
    "healthchecks": "https://hc-ping.com",
    "cronitor": "https://cronitor.link/p",
    "pagerduty": "https://events.pagerduty.com",
}
