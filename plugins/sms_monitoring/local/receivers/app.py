"""The HTTP side: the endpoints of all services but mail, the control API and the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles

from sms_monitoring.local.receivers import (
    heartbeat_rules,
    page,
    pagerduty_rules,
    sentry_rules,
    slack_rules,
    twilio_rules,
    webhook_rules,
)
from sms_monitoring.local.receivers.connections import (
    CHECKS,
    CRONITOR_KEY,
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
from sms_monitoring.local.receivers.faults import Fault, FaultBook, struck
from sms_monitoring.local.receivers.store import Store
from sms_monitoring.local.receivers.verdict import Channel, Verdict

STATIC = Path(__file__).parent / "static"
SLACK_ERRORS = {429: "rate_limited", 500: "rollup_error", 503: "service_unavailable"}
# Scripts and frames of our own only; nothing is fetched from anywhere else, whatever a message asks for.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
MAIL_POLICY = "sandbox allow-same-origin allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

router = APIRouter()


@dataclass(slots=True, kw_only=True)
class Desk:
    """What the HTTP and the SMTP side share.

    :param hang_up: closes the connection of a request (its client address) without an answer.
    """

    store: Store
    faults: FaultBook = field(default_factory=FaultBook)
    hang_up: Callable[[tuple[str, int]], None]
    smtp_port: int


def create_app(desk: Desk) -> FastAPI:
    """The application over one desk."""
    app = FastAPI(title="Local receivers", docs_url=None, redoc_url=None)
    app.state.desk = desk
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


@router.post("/services/{team}/{service}/{token}")
async def slack_webhook(request: Request, team: str, service: str, token: str) -> Response:
    """Slack's incoming webhook."""
    if f"{team}/{service}" == SLACK_SERVICE and token == SLACK_TOKEN:
        return await _receive(request, Channel.SLACK, slack_rules.judge)
    known = f"{team}/{service}" == SLACK_SERVICE
    return await _receive(request, Channel.SLACK, lambda body: slack_rules.wrong_url(known_service=known, body=body))


@router.post("/v2/enqueue")
async def pagerduty_event(request: Request) -> Response:
    """PagerDuty's Events API v2."""
    return await _receive(request, Channel.PAGERDUTY, partial(pagerduty_rules.judge, routing_key=ROUTING_KEY))


@router.post("/2010-04-01/Accounts/{account}/Messages.json")
async def twilio_message(request: Request, account: str) -> Response:
    """Twilio's Messages API."""
    judge = partial(
        twilio_rules.judge,
        account=account,
        authorization=request.headers.get("Authorization"),
        known=(TWILIO_ACCOUNT, TWILIO_TOKEN, TWILIO_NUMBER),
    )
    return await _receive(request, Channel.SMS, judge)


@router.post("/webhook")
async def webhook(request: Request) -> Response:
    """A receiver of signed webhooks."""
    judge = partial(webhook_rules.judge, headers=request.headers, secret=WEBHOOK_SECRET)
    return await _receive(request, Channel.WEBHOOK, judge)


@router.api_route("/ping/{check}", methods=["GET", "POST", "HEAD"])
@router.api_route("/ping/{check}/{kind}", methods=["GET", "POST", "HEAD"])
async def ping(request: Request, check: str, kind: str = "") -> Response:
    """A check of Healthchecks.io, which wants a sign of life in time."""
    judge = partial(heartbeat_rules.judge_ping, check=check, kind=kind, known=CHECKS)
    return await _receive(request, Channel.HEARTBEAT, judge)


@router.api_route("/p/{key}/{monitor}", methods=["GET", "POST"])
async def telemetry(request: Request, key: str, monitor: str) -> Response:
    """A monitor of Cronitor."""
    query = dict(request.query_params)
    verdict = heartbeat_rules.judge_telemetry(key=key, monitor=monitor, query=query, keys={CRONITOR_KEY})
    return await _receive(request, Channel.HEARTBEAT, lambda _: verdict)


@router.post("/api/{project}/envelope/")
async def sentry_envelope(request: Request, project: str) -> Response:
    """Sentry."""
    judge = partial(sentry_rules.judge, project=project, headers=request.headers, known=(SENTRY_KEY, SENTRY_PROJECT))
    return await _receive(request, Channel.SENTRY, judge)


@router.get("/control")
async def describe(request: Request) -> dict[str, Any]:
    """Where mail goes, and which faults are on."""
    desk = _desk(request)
    faults = {channel: fault.describe() for channel, fault in desk.faults.active.items()}
    return {"smtp_port": desk.smtp_port, "faults": faults}


@router.get("/control/received")
async def received(
    request: Request, channel: Channel | None = None, accepted: bool | None = None
) -> list[dict[str, Any]]:
    """What arrived, oldest first, rejected attempts too."""
    return [record.to_json() for record in _desk(request).store.received(channel, accepted=accepted)]


@router.delete("/control/received")
async def clear_received(request: Request, channel: Channel | None = None) -> None:
    """Forget what arrived."""
    _desk(request).store.clear(channel)


@router.get("/control/incidents")
async def incidents(request: Request) -> list[dict[str, Any]]:
    """PagerDuty's incidents, oldest first."""
    return _desk(request).store.book.to_json()


@router.put("/control/faults/{channel}")
async def set_fault(request: Request, channel: Channel, body: dict[str, Any]) -> dict[str, str]:
    """Make a channel fail; the body holds the fields of a Fault."""
    try:
        fault = Fault.from_json(body)
        _desk(request).faults.set(channel, fault)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return {"fault": fault.describe()}


@router.delete("/control/faults")
async def clear_faults(request: Request, channel: Channel | None = None) -> None:
    """Make a channel, or all, work again; deliveries held up go on at once."""
    for one in [channel] if channel else [*Channel]:
        _desk(request).faults.clear(one)


@router.get("/")
async def show_page(request: Request, view: str = "all", mail: int | None = None, part: str = "html") -> Response:
    """What arrived, as a person would see it."""
    desk = _desk(request)
    body, tag = page.render(desk.store, desk.faults, view=view, mail=mail, part=part)
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return HTMLResponse(
        body, headers={"ETag": tag, "Cache-Control": "no-cache", "Content-Security-Policy": PAGE_POLICY}
    )


@router.get("/mail/{record_id}")
async def show_mail(request: Request, record_id: int) -> Response:
    """The HTML part of one mail, for a sandboxed frame."""
    for record in _desk(request).store.received(Channel.EMAIL):
        if record.id == record_id and record.content.get("html"):
            return HTMLResponse(page.mail_html(record), headers={"Content-Security-Policy": MAIL_POLICY})
    raise HTTPException(404, f"there is no mail {record_id} with an HTML part")


async def _receive(request: Request, channel: Channel, judge: Callable[[bytes], Verdict]) -> Response:
    desk = _desk(request)
    verdict = judge(await request.body())
    fault = desk.faults.take(channel, time.monotonic())
    verdict = struck(verdict, fault, _fault_answer(channel, fault))
    desk.store.add(channel, verdict)
    if fault is not None and (seconds := fault.stall or fault.hang):
        await desk.faults.hold(channel, seconds)
    if verdict.status is None:
        client = request.client
        assert client is not None  # noqa: S101 - a TCP connection has a peer
        desk.hang_up((client.host, client.port))
        return Response(status_code=499)  # goes nowhere: the connection is closed
    wait = fault.retry_after if fault is not None else None
    headers = {"Retry-After": str(wait)} if wait is not None and not verdict.accepted else None
    if isinstance(verdict.answer, dict):
        return JSONResponse(verdict.answer, verdict.status, headers)
    return PlainTextResponse(verdict.answer, verdict.status, headers)


def _fault_answer(channel: Channel, fault: Fault | None) -> str | dict[str, Any]:
    status = fault.status if fault is not None else None
    if status is None:
        return ""
    if channel is Channel.SLACK:
        return SLACK_ERRORS.get(status, "fatal_error")
    if channel is Channel.SMS:
        return twilio_rules.on_demand(status)
    if channel in (Channel.WEBHOOK, Channel.HEARTBEAT, Channel.SENTRY):
        return f"Failure on demand: {status}"
    if status == 429:
        return pagerduty_rules.throttled()
    return {"status": "error", "message": f"Failure on demand: {status}"}


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk
