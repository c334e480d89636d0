"""Sends a file, unless the caller has it already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request, Response

if TYPE_CHECKING:
    from sms_monitoring.dashboard.page import StaticFile

# What a route that sends files announces.
FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"*/*": {}}, "description": "The file"}}
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller has it already"}}


def send(request: Request, file: StaticFile, policy: str) -> Response:
    """The file, or 304. ``policy``: its content security policy."""
    headers = {"Content-Security-Policy": policy, "ETag": file.etag, "Cache-Control": file.cache_control}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    # Behind a compressing proxy the tag may come back with its mark.
    if file.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.content_type, headers=headers)
