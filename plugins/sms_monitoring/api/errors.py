"""Everything that goes wrong, in one shape: which parameter, and why.

``{"success": false, "error": {"code", "message", "parameter", "problems": [{"parameter", "message"}, …]}}``.
``message`` is for people, ``code`` for programs; ``parameter`` is null where no single one is at fault.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import psycopg
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from pydantic import BaseModel
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

log = logging.getLogger(__name__)

CODES = {
    400: "bad_request",
    401: "not_logged_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "changed_meanwhile",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_parameter",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}
MESSAGES = {
    401: "Log in to Airflow, or send a token: Authorization: Bearer …",
    403: "Your Airflow user has no permission for this.",
    404: "There is nothing here.",
}

_NOT_MIGRATED = "The metrics database lacks a {}: it has not been migrated to this version yet."
UNAVAILABLE = {
    "": "The metrics database does not answer now. Try again in a moment.",
    "25006": "The metrics database takes no changes now: it is read-only, as a standby is.",
    "57014": "The metrics database took too long. Ask for less, or try again in a moment.",
    "42P01": _NOT_MIGRATED.format("table"),
    "42703": _NOT_MIGRATED.format("column"),
    "42704": _NOT_MIGRATED.format("type"),
    "42883": _NOT_MIGRATED.format("function"),
}
FAULT = "This is a fault of the API itself; the API server's log says what happened."

# What the SQL functions raise, as HTTP has it. By class (the first two characters) where the code itself is not listed.
SQLSTATES = {
    "P0002": 404,  # no such incident, silence, alert type
    "42501": 403,  # the database role may not
    "25006": 503,  # a standby
    "40001": 503,  # a standby took back what was being read
    "42703": 503,  # no such column: not migrated
    "42704": 503,  # no such type: not migrated
    "55P03": 409,  # somebody holds the row
    "40P01": 409,  # deadlock
    "57014": 503,  # took too long
    "42P01": 503,  # no such table: not migrated
    "42883": 503,  # no such function: not migrated
    "22": 422,  # bad values
    "23": 422,  # constraints
    "08": 503,  # connection
    "53": 503,  # out of connections, memory, disk
    "57": 503,  # the server stops
}


class ApiError(Exception):
    """An answer other than success.

    :param status: the HTTP status, one of :data:`CODES`.
    :param message: what was wrong and what to do, for people.
    :param parameter: the query parameter or field of the body that was wrong.
    """

    def __init__(
        self, status: int, message: str, *, parameter: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.parameter = parameter
        self.headers = dict(headers or {})


class Problem(BaseModel):
    """One thing that was wrong with a request."""

    parameter: str | None
    message: str


class ErrorDetail(BaseModel):
    """Why a request was refused."""

    code: str
    message: str
    parameter: str | None = None
    problems: list[Problem] = []


class ErrorBody(BaseModel):
    """The body of every answer that is no success."""

    success: bool = False
    error: ErrorDetail


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer with these statuses."""
    return {status: {"model": ErrorBody, "description": CODES[status].replace("_", " ")} for status in statuses}


def answer(
    status: int,
    message: str,
    *,
    parameter: str | None = None,
    problems: list[Problem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer that says what went wrong."""
    code = CODES.get(status, "error")
    detail = ErrorDetail(code=code, message=message, parameter=parameter, problems=problems or [])
    own = {"Cache-Control": "no-store", **({"WWW-Authenticate": "Bearer"} if status == 401 else {}), **(headers or {})}
    return JSONResponse(jsonable_encoder(ErrorBody(error=detail)), status_code=status, headers=own)


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error in this shape."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(psycopg.Error, _database_error)
    app.add_exception_handler(PoolTimeout, _unreachable)


def is_unreachable(error: Exception) -> bool:
    """Whether the database is away, full or too slow, rather than that it refuses what it was asked."""
    if isinstance(error, PoolTimeout):
        return True
    return isinstance(error, psycopg.Error) and _status_of(error) == 503


def _api_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)  # noqa: S101
    return answer(error.status, error.message, parameter=error.parameter, headers=error.headers)


def _http_error(_: Request, error: Exception) -> JSONResponse:
    """Of Airflow's access checks, and of the framework (unknown path, wrong method)."""
    assert isinstance(error, HTTPException)  # noqa: S101
    said = str(error.detail) if error.detail else ""
    # Where Airflow says no more than the name of the status, say what to do.
    message = MESSAGES.get(error.status_code) if said in ("", "Not authenticated", "Forbidden", "Not Found") else said
    return answer(error.status_code, message or said, headers=error.headers)


def _validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problems = [Problem(parameter=_parameter(each["loc"]), message=each["msg"]) for each in error.errors()]
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return answer(400, "The body is not JSON.", problems=problems)
    first = problems[0]
    named = sorted({problem.parameter for problem in problems if problem.parameter})
    message = f"{first.parameter}: {first.message}" if first.parameter else first.message
    return answer(422, message, parameter=named[0] if len(named) == 1 else None, problems=problems)


def _parameter(location: tuple[int | str, ...]) -> str | None:
    """``("query", "start_date")`` → ``start_date``; ``("body", "changes", 0)`` → ``changes.0``."""
    text = ".".join(str(part) for part in location[1:])
    # A key of a JSON body may hold half of a surrogate pair, which no answer can.
    return text.encode(errors="replace").decode() or None


def _status_of(error: psycopg.Error) -> int | None:
    if error.sqlstate is None:
        if isinstance(error, psycopg.OperationalError):
            return 503
        # What psycopg itself refuses to send: text with a zero byte.
        return 422 if isinstance(error, psycopg.DataError) and "NUL" in str(error) else None
    return SQLSTATES.get(error.sqlstate) or SQLSTATES.get(error.sqlstate[:2])


def _database_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, psycopg.Error)  # noqa: S101
    status = _status_of(error)
    if status is None:
        raise error
    if status == 503:
        return _unreachable(request, error)
    said = ". ".join(filter(None, (error.diag.message_primary, error.diag.message_hint))) or str(error)
    if status == 403:
        # Not the user's fault: they were let in.
        said = f"The database role of Airflow's connection to the metrics may not do this: {said}."
    return answer(status, said)


def _unreachable(request: Request, error: Exception) -> JSONResponse:
    log.warning("%s %s: the metrics database: %s", request.method, request.url.path, error)
    state = getattr(error, "sqlstate", None)
    return answer(503, UNAVAILABLE.get(state or "", UNAVAILABLE[""]), headers={"Retry-After": "5"})
