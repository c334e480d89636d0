"""Fitting plain text into a channel's limits without breaking anything in two. Pure."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sms_monitoring.notify.message import Link

ELLIPSIS = "…"
_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
# Control characters and halves of a surrogate pair.
_UNTELLABLE = {
    code: None for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)) if not chr(code).isspace()
}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def one_line(text: str) -> str:
    """``text`` with every run of white space, line breaks too, made one space.

    Without control characters and halves of a surrogate pair: some no PostgreSQL can hold, the others no UTF-8.
    """
    return " ".join(text.translate(_UNTELLABLE).split())


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` UTF-16 code units (an emoji is two: what the strictest services count).

    What is too long ends in an ellipsis and never in half a character or half an emoji.
    """
    return _cut(text, limit, escape=False)


def escape_slack(text: str, limit: int) -> str:
    """``text`` with ``&``, ``<`` and ``>`` as Slack's entities, in at most ``limit`` UTF-16 code units.

    The limit holds for the escaped text, and no entity is ever cut in two.
    """
    return _cut(text, limit, escape=True)


def web_links(links: Iterable[Link]) -> Iterator[Link]:
    """Those links that lead to the web: nobody is sent to a ``javascript:`` or a relative address."""
    for link in links:
        try:
            parts = urlsplit(link.url)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc:
            yield link


def _cut(text: str, limit: int, *, escape: bool) -> str:
    pieces: list[str] = []
    used = kept = 0  # code units so far; pieces that still leave room for an ellipsis
    for character in text:
        piece = _ENTITIES.get(character, character) if escape else character
        used += len(piece) + (piece > "\uffff")
        if used > limit:
            return "".join(pieces[: _boundary(text, kept)]).rstrip() + ELLIPSIS
        pieces.append(piece)
        if used < limit:
            kept = len(pieces)
    return "".join(pieces)


def _boundary(text: str, position: int) -> int:
    """The last place up to ``position`` that does not tear an accent, a skin tone or a joined emoji off its base."""
    while 0 < position < len(text) and (_extends(text[position]) or text[position - 1] == _ZERO_WIDTH_JOINER):
        position -= 1
    return position


def _extends(character: str) -> bool:
    return (
        character == _ZERO_WIDTH_JOINER
        or unicodedata.category(character) in ("Mn", "Me")
        or ord(character) in _SKIN_TONES
    )
