"""How a mobile network cuts a text message into segments, each of which is billed. Pure.

https://www.twilio.com/docs/glossary/what-sms-character-limit
"""

from __future__ import annotations

from collections.abc import Iterator

from sms_monitoring.notify.gsm import ALPHABET, ESCAPED

# Places in a message of one segment, and in each of several.
PLACES = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


def encoding_of(text: str) -> str:
    """``GSM-7`` where its alphabet is enough for all of ``text``, else ``UCS-2``."""
    return "GSM-7" if set(text) <= ALPHABET | ESCAPED else "UCS-2"


def segments_of(text: str) -> int:
    """How many segments ``text`` takes; an empty one takes one."""
    encoding = encoding_of(text)
    alone, each = PLACES[encoding]
    sizes = [*_sizes(text, encoding)]
    if sum(sizes) <= alone:
        return 1
    segments, used = 1, 0
    for size in sizes:
        used += size
        # No character is torn in two: one that does not fit goes into the next segment whole.
        if used > each:
            segments, used = segments + 1, size
    return segments


def _sizes(text: str, encoding: str) -> Iterator[int]:
    for character in text:
        if encoding == "GSM-7":
            yield 2 if character in ESCAPED else 1
        else:
            yield 2 if character > "\uffff" else 1
