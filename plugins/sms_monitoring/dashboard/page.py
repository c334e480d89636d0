"""The files of the dashboard, as the browser is given them. No request, no Airflow: files in, bytes and headers out."""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".md": "text/plain; charset=utf-8",
    "": "text/plain; charset=utf-8",  # LICENSE
}
# A vendored file has its version in its address, so it never changes; our own are asked for anew each time.
VENDORED_CACHE = "private, max-age=31536000, immutable"
OWN_CACHE = "private, no-cache"
# Nothing but our own files, no inline script or style, and only Airflow itself may show the page in a frame.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
PRELOADS = "<!-- preloads -->"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file to send.

    :param etag: strong, quoted; of the content.
    """

    content: bytes
    content_type: str
    etag: str
    cache_control: str


def page() -> StaticFile:
    """``index.html``, with all modules of our own named ahead: the browser fetches them at once, not level by level."""
    links = "\n".join(
        f'    <link rel="modulepreload" href="static/{html.escape(name)}">'
        for name in sorted(allowed())
        if name.startswith("js/") and name.endswith(".js")
    )
    text = (STATIC / "index.html").read_text(encoding="utf-8").replace(f"    {PRELOADS}", links)
    return _file(text.encode(), ".html", OWN_CACHE)


def static_file(name: str) -> StaticFile | None:
    """The file with this path below ``static``; None where there is none to give out.

    The name is looked up in the list of what there is, and never joined to a path: it cannot lead elsewhere.
    """
    path = allowed().get(name)
    if path is None:
        return None
    vendored = name.startswith("vendor/") and "/" in name.removeprefix("vendor/")
    return _file(path.read_bytes(), path.suffix, VENDORED_CACHE if vendored else OWN_CACHE)


@cache
def allowed() -> dict[str, Path]:
    """Relative path, with slashes → file, of all that may be given out. ``index.html`` is the page itself."""
    return {
        path.relative_to(STATIC).as_posix(): path
        for path in STATIC.rglob("*")
        if path.is_file() and (path.suffix in CONTENT_TYPES) and path.suffix != ".html" and not path.is_symlink()
    }


def _file(content: bytes, suffix: str, cache_control: str) -> StaticFile:
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    return StaticFile(content, CONTENT_TYPES[suffix], etag, cache_control)
