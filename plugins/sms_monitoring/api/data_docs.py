"""The Data Docs on disk: which files there are, and nothing besides. No request, no Airflow."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sms_monitoring.dashboard.page import OWN_CACHE, StaticFile

if TYPE_CHECKING:
    from pathlib import Path

# Relative to the API.
URL = "quality/docs/"
INDEX = "index.html"
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# Text and a style sheet of their own: no script, nothing inline, nothing from elsewhere.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


def built_at() -> datetime | None:
    """When the pages were last built; None: never, or not on this machine."""
    try:
        changed = (_root() / INDEX).stat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(changed, UTC)


def find(name: str) -> StaticFile | None:
    """The file with this path below the Data Docs, "" being their first page; None where there is none to give out.

    A name that leads out of them, be it by dots or by a link, leads to nothing.
    """
    try:
        root = _root().resolve(strict=True)
        path = (root / (name or INDEX)).resolve(strict=True)
        if not path.is_relative_to(root) or not path.is_file() or path.suffix not in CONTENT_TYPES:
            return None
        content = path.read_bytes()
    except (OSError, ValueError):
        # Not there, built anew this very moment, or a name that is none: with a NUL, or too long.
        return None
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    return StaticFile(content, CONTENT_TYPES[path.suffix], etag, OWN_CACHE)


def _root() -> Path:
    from sms_monitoring.quality.docs import data_docs_dir

    return data_docs_dir()
