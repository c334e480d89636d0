"""Fitting plain text into a few segments of a text message. Pure.

Networks cut a long message into segments, each billed, of 153 places of the GSM alphabet, or of 67 UTF-16 code units
as soon as one character is not in it: https://www.twilio.com/docs/glossary/what-sms-character-limit
"""

from __future__ import annotations

import unicodedata

from sms_monitoring.notify.text import cut, one_line

# GSM 03.38: its alphabet, and what takes two places because an escape goes before it.
ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = frozenset("\f^{}\\[~]|€")
PLACES_OF_A_SEGMENT = 153
UNITS_OF_A_SEGMENT = 67
MAX_SEGMENTS = 3
# Less one at each seam: no character of two places is torn in two, the place stays empty.
MAX_PLACES = MAX_SEGMENTS * PLACES_OF_A_SEGMENT - (MAX_SEGMENTS - 1)
MAX_UNITS = MAX_SEGMENTS * UNITS_OF_A_SEGMENT - (MAX_SEGMENTS - 1)
ELLIPSIS = "..."
# Signs that would more than halve the room, as the alphabet has them.
_PLAIN = str.maketrans(
    {
        "…": ELLIPSIS, "–": "-", "—": "-", "−": "-", "·": "-", "×": "x", "→": "->", "≥": ">=", "≤": "<=",
        "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "`": "'",
    }
)  # fmt: skip


def plain(text: str) -> str:
    """``text`` in one line, without control characters, its typographic signs in the alphabet's own."""
    composed = unicodedata.normalize("NFC", one_line(text).translate(_PLAIN))
    return "".join(character for character in composed if unicodedata.category(character) != "Cc")


def fits(text: str) -> bool:
    """Whether ``text`` takes at most :data:`MAX_SEGMENTS` segments."""
    return _places(text) <= MAX_PLACES if _is_gsm(text) else _units(text) <= MAX_UNITS


def fit(text: str, tail: str = "") -> str:
    """``text``, cut where it must be, and ``tail`` whole, in :data:`MAX_SEGMENTS` segments.

    :param tail: at most 150 characters of ASCII.
    """
    if fits(text + tail):
        return text + tail
    # What is cut off decides nothing.
    if not _is_gsm(text[:MAX_PLACES] + tail):
        return cut(text, MAX_UNITS - _units(tail)) + tail
    room = MAX_PLACES - _places(tail) - len(ELLIPSIS)
    kept = 0
    for character in text:
        room -= _places(character)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS + tail


def _is_gsm(text: str) -> bool:
    return set(text) <= ALPHABET | ESCAPED


def _places(text: str) -> int:
    return len(text) + sum(character in ESCAPED for character in text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
