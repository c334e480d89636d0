"""The dashboard page and its files. The page itself says what a user without rights may see."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from sms_monitoring.api import files
from sms_monitoring.api.access import Visitor
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.login import LogInFirst
from sms_monitoring.dashboard import page

FOUND: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}, "description": "The page"}}

router = APIRouter(tags=["dashboard"])
pages = APIRouter(route_class=LogInFirst)


@pages.get(
    "/dashboard/", response_class=Response, responses={**FOUND, **files.NOT_MODIFIED, **documented(401, 403, 429)}
)
def dashboard(request: Request, user: Visitor) -> Response:
    """The dashboard, for a browser. Everything that it shows it asks this API for, as the user who looks at it."""
    return files.send(request, page.page(), page.CONTENT_SECURITY_POLICY)


@pages.get("/dashboard", include_in_schema=False)
def dashboard_without_slash(request: Request, user: Visitor) -> Response:
    """The same, for who left out the slash."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.url.path.rpartition('/')[2]}/{query}", 307)


@router.get(
    "/dashboard/static/{path:path}",
    response_class=Response,
    responses={**files.FILE, **files.NOT_MODIFIED, **documented(401, 403, 404, 422, 429)},
)
def static_file(path: str, request: Request, user: Visitor) -> Response:
    """A script, style sheet or licence of the dashboard."""
    found = page.static_file(path)
    if found is None:
        raise ApiError(404, f"The dashboard has no file {path!r}.", parameter="path")
    return files.send(request, found, page.CONTENT_SECURITY_POLICY)


router.include_router(pages)
