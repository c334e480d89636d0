"""Takes out of a text what may be about a person, or a secret. Pure.

By shape: numbers that may be of a phone, mail addresses, whatever stands in quotes and is no name of a table, what
follows the host of an address, values of passwords and keys. A text without any shape, such as a message's body put
into an error as it is, no pattern finds: see :mod:`sms_monitoring.sentry.scrub` for whose texts are sent at all.
"""

from __future__ import annotations

import re

# Enough for a name of a table, a column, a task, a metric type: words joined by _ or . in lower case.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:[_.][a-z0-9]+)+")
_QUOTED = re.compile(r"""(?P<q>["'`])(?P<inner>.*?)(?P=q)|[“«‘](?P<typographic>.*?)[”»’]""", re.DOTALL)
_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*)://[^\s\"'<>]*", re.IGNORECASE)
_HOST = re.compile(r"(?:[^/@]*@)?([A-Za-z0-9.-]+(?::\d+)?|\[[0-9a-fA-F:.]+\](?::\d+)?)(?:[/?#]|$)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SECRET = re.compile(
    r"\b(\w*(?:password|passwd|pwd|secret|token|api_?key|routing_?key|authorization|credential)\w*)(\s*[=:]\s*)\S+",
    re.IGNORECASE,
)
# What looks like a phone number and is none goes first: times, UUIDs, versions and IP addresses.
_NUMBER = re.compile(
    r"""
    (?P<keep>
        \b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?
      | \b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b
      | \b\d{1,3}(?:\.\d{1,3}){3}\b
    )
    | \+?\(?\d(?:[\s().\-/]*\d){6,}
    """,
    re.VERBOSE,
)
MAX_TEXT = 1000


def clean(text: str) -> str:
    """The first line of ``text``, without what may be about a person or a secret.

    Later lines are PostgreSQL's DETAIL, with the row's values, the statement, and what else libraries append.

    >>> clean('duplicate key value violates unique constraint "sms_messages_pkey"\\nDETAIL: Key (phone)=(+12025550143)')
    'duplicate key value violates unique constraint "sms_messages_pkey"'
    """
    lines = text.strip().splitlines()
    line = lines[0][:MAX_TEXT] if lines else ""
    line = _ADDRESS.sub(_without_path, line)
    line = _SECRET.sub(r"\1\2***", line)
    line = _QUOTED.sub(_unless_identifier, line)
    line = _MAIL.sub("***@***", line)
    return _NUMBER.sub(lambda found: found["keep"] or "***", line)


def _without_path(found: re.Match[str]) -> str:
    scheme, rest = found[0].split("://", 1)
    host = _HOST.match(rest)
    return f"{scheme}://{host[1]}/…" if host else f"{scheme}://…"


def _unless_identifier(found: re.Match[str]) -> str:
    inner = found["inner"] if found["inner"] is not None else found["typographic"]
    if not inner or _IDENTIFIER.fullmatch(inner) or inner == "***":
        return found[0]
    return f"‹{len(inner)} characters›"
