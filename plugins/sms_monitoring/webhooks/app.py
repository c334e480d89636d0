"""The webhook's application. Separate from the API: here nobody logs in, there everybody does."""

from __future__ import annotations

import logging

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from sms_monitoring.api import database, errors, faults, headers
from sms_monitoring.api.errors import ApiError
from sms_monitoring.webhooks import receipts, signature, twilio_status
from sms_monitoring.webhooks.account import Account, Lookup

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
MAX_BODY_BYTES = 64 * 1024

router = APIRouter()


def create_app() -> FastAPI:
    """What Airflow mounts at ``/webhooks/twilio``: ``POST /status``, no documentation, nothing else."""
    app = FastAPI(
        title="SMS monitoring webhooks", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.lookup = Lookup()
    errors.install(app)
    app.include_router(router)
    app.add_middleware(faults.Faults)
    app.add_middleware(headers.SecurityHeaders)
    return app


@router.post("/status", status_code=204, response_class=Response)
async def receive_status(request: Request) -> Response:
    """Take a status callback: 204 once it is stored, also when it was before, or says nothing that we keep.

    :raises ApiError: 404 while no account is configured, 415 unless it is a form, 403 unless Twilio signed it,
        413 where it is too large, 422 where a parameter is missing, 503 while the account is not known
        or too many are being stored.
    """
    account = await request.app.state.lookup.account()
    if account is None:
        raise ApiError(404, errors.MESSAGES[404])
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise ApiError(415, f"Send a form: {FORM}.")
    parameters = twilio_status.read_form(await read_body(request))
    check_signature(request, account, parameters)
    receipt = twilio_status.parse(parameters)
    if receipt is None:
        log.info("a status callback says a status that is not kept: %.50r", parameters.get("MessageStatus"))
    else:
        async with database.place():
            await run_in_threadpool(_store, receipt)
    return Response(status_code=204)


async def read_body(request: Request) -> bytes:
    """The body, of which no more than :data:`MAX_BODY_BYTES` and the piece that goes beyond is read.

    :raises ApiError: 413 when there is more; 400 when it breaks off.
    """
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY_BYTES:
                raise ApiError(413, f"The body has more than {MAX_BODY_BYTES // 1024} KB.")
    except ClientDisconnect:
        raise ApiError(400, "The body broke off.") from None
    return bytes(body)


def check_signature(request: Request, account: Account, parameters: twilio_status.Parameters) -> None:
    """See that the account signed the request.

    :raises ApiError: 403 when it did not.
    """
    given = request.headers.get(signature.HEADER, "")
    urls = signature.public_urls(account.public_url, airflow_url(), str(request.url))
    if not given or not signature.is_signed(account.auth_token, urls, parameters, given):
        expected = " or ".join(dict.fromkeys(map(signature.without_secrets, urls)))
        log.warning("a status callback without a valid signature was refused; a valid one is for %s", expected)
        raise ApiError(403, f"{signature.HEADER} is not the signature of this request.")


def airflow_url() -> str:
    """Airflow's ``[api] base_url``; empty where it is not set."""
    from airflow.configuration import conf

    return str(conf.get("api", "base_url", fallback="") or "")


def _store(receipt: twilio_status.Receipt) -> None:
    with database.connection() as conn:
        receipts.store(conn, receipt)
