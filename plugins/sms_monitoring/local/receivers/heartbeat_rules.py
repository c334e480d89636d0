"""What services answer that wait for a sign of life: Healthchecks.io and Cronitor. Pure: a request in, verdict out.

https://healthchecks.io/docs/http_api, https://cronitor.io/docs/telemetry-api
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sms_monitoring.local.receivers.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# What follows the check's address → what it says. An exit status of 0 is a success, any other a failure.
SIGNALS = {"": "success", "start": "start", "fail": "fail", "log": "log"}
STATES = {"": "success", "ok": "success", "complete": "success", "run": "start", "fail": "fail"}
# Healthchecks.io keeps the first 100 kB of a body.
MAX_NOTE = 100_000


def judge_ping(body: bytes, *, check: str, kind: str, known: Mapping[str, str]) -> Verdict:
    """The verdict on one ping of a Healthchecks.io check.

    :param check: the UUID of the path.
    :param kind: what follows it: nothing, ``start``, ``fail``, ``log`` or an exit status.
    :param known: UUID → name of the checks there are.
    """
    signal = ("success" if int(kind) == 0 else "fail") if kind.isdigit() and int(kind) < 256 else SIGNALS.get(kind)
    note = body[:MAX_NOTE].decode(errors="replace")
    content = {"service": "healthchecks", "check": known.get(check), "signal": signal, "note": note}
    if signal is None:
        return Verdict(status=400, answer="invalid url format", content=content, reason=f"no such signal: {kind!r}")
    if check not in known:
        # Of a check that it does not know, the real service says so in a success.
        return Verdict(status=200, answer="OK (not found)", content=content, reason="there is no check of that UUID")
    return Verdict(status=200, answer="OK", content=content)


def judge_telemetry(*, key: str, monitor: str, query: Mapping[str, str], keys: Collection[str]) -> Verdict:
    """The verdict on one telemetry event of Cronitor.

    :param key: the API key of the path.
    :param query: ``state`` and ``message``.
    :param keys: the API keys there are.
    """
    signal = STATES.get(query.get("state", ""))
    content: dict[str, Any] = {
        "service": "cronitor",
        "check": monitor,
        "signal": signal,
        "note": query.get("message", ""),
    }
    if key not in keys:
        return Verdict(status=403, answer="Forbidden", content=content, reason="the API key is not known")
    if signal is None:
        return Verdict(status=400, answer="Invalid state", content=content, reason=f"no state: {query['state']!r}")
    return Verdict(status=200, answer="OK", content=content)
