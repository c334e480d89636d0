"""For pages that people open by a link: to Airflow's login, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow.api_fastapi.app import get_auth_manager
from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class LogInFirst(APIRoute):
    """Sends a browser that asks for a page, and whom nobody is logged in with, to Airflow's login and back."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler of the route."""
        handle = super().get_route_handler()

        async def or_login(request: Request) -> Response:
            try:
                return await handle(request)
            except HTTPException as error:
                if error.status_code != 401 or "text/html" not in request.headers.get("accept", ""):
                    raise
                return RedirectResponse(login_url(request), 302, {"Cache-Control": "no-store"})

        return or_login


def login_url(request: Request) -> str:
    """Airflow's login page, which leads back to what was asked for. By path only: a proxy may change the rest."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{get_auth_manager().get_url_login()}?{urlencode({'next': asked})}"
