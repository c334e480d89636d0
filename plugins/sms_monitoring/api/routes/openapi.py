"""The API's own description, for those who may use it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from sms_monitoring.api.access import SignedIn
from sms_monitoring.api.errors import documented

router = APIRouter(tags=["access"])


@router.get("/openapi.json", responses=documented(401, 403, 429))
def openapi(request: Request, user: SignedIn) -> dict[str, Any]:
    """This document, in OpenAPI 3.1. Load it into any client, or into the Swagger editor."""
    # Where it is mounted, so that clients made from it ask the right address behind any base path.
    return {**request.app.openapi(), "servers": [{"url": request.scope.get("root_path") or "/"}]}
