"""Takes out of a text what may be about a person, or a secret. Pure.

By shape: numbers that may be of a phone, mail addresses, whatever stands in quotes and is no name of a table, what
follows the host of an address, values of passwords and keys. A text without any shape, such as a message's body put
into an error as it is, no pattern finds: see :mod:`sms_monitoring.sentry.scrub` for whose texts are sent at all.
"""

from __future__ import annotations

import re
import sys

# Enough for a name of a table, a column, a task, a metric type: words joined by _ or . in lower case.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:[_.][a-z0-9]+)+")
# How a name with a dot in it must begin, lest it is somebody's login: jane.doe.
_ROOTS = {"airflow", "great_expectations", "pg_catalog", "psycopg", "public", *sys.stdlib_module_names}
_OURS = "sms_"
# Without an end, it goes on in the lines that were cut off, or past the limit of whoever cut it. An apostrophe within
# a word neither opens nor closes; the b is of bytes.
_QUOTED = re.compile(
    r"""
      (?P<q>["`]|(?:(?<!\w)|(?<=\bb))') (?P<inner>.*?) (?:(?P=q)(?:(?<!')|(?!\w))|$)
    | [“”„«»‘‚] (?P<typographic>.*?) (?:[“”«»]|[‘’](?!\w)|$)
    """,
    re.VERBOSE | re.DOTALL,
)
_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*)://[^\s\"'<>]*", re.IGNORECASE)
_HOST = re.compile(r"(?:[^/@]*@)?([A-Za-z0-9.-]+(?::\d+)?|\[[0-9a-fA-F:.]+\](?::\d+)?)(?:[/?#]|$)")
# The path of an address told apart from its host, as urllib3 does, and that of a webhook wherever it stands.
_PATH = re.compile(r"(\b(?:url|uri|endpoint)['\"]?\s*[:=]\s*['\"]?/|/services/)[^\s\"'<>]+", re.IGNORECASE)
# Without its scheme: hooks.example.com/…, localhost:8080/…
_BARE_ADDRESS = re.compile(
    r"\b((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}(?::\d+)?|[a-z][\w.-]*:\d{2,5}|\d+(?:\.\d+){3}:\d{2,5})[/?#][^\s\"'<>]+",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SECRET = re.compile(
    r"""
    ((?:password|passwd|pwd|secret|token|api[-_]?key|routing[-_]?key|authorization|credential)[\w-]*["']?)
    (\s*(?:=>|[=:])\s*)
    (?:
        b?"(?:\\.|[^"\\])*(?:"|$)
      | b?'(?:\\.|[^'\\])*(?:'|$)
      | Digest\b.*
      | (?:(?:Bearer|Basic|Token|ApiKey|Negotiate|NTLM)\s+)?\S+
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Credentials without the name of their header; a word in lower case is none: basic authentication.
_CREDENTIALS = re.compile(r"\b([Bb]earer|BEARER|[Bb]asic|BASIC)\s+(?=\S*[\dA-Z=._])[\w.~+/=-]{6,}")
# What looks like a phone number and is none goes first: times, UUIDs, versions and IP addresses. Between the digits of
# one there may be any dash, and the marks without a width that come with a number copied from elsewhere.
_NUMBER = re.compile(
    r"""
    (?P<keep>
        (?<![\d.+-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])
        (?:
            [T ](?:[01]\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:\.\d{1,6}(?!\d))?)?(?:Z|[+-][01]\d:?[0-5]\d)?(?![.-]?\d)
          | (?![\s./-]?\d)
        )
      | \b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b
      | (?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![.-]?\d)
    )
    | \+?\(?\d(?:[\s().\-/·\u00ad\u200b-\u2015\u202a-\u202f\u2060-\u2064\u2212\ufeff]*\d){6,}
    """,
    re.VERBOSE,
)
# What a service answered, in its own words, which may be ours of before.
_ANSWERED = re.compile(r"(\banswered \d{3}\b)[:,]?\s.*")
MAX_TEXT = 1000


def clean(text: str, *, is_ours: bool = False) -> str:
    """The first line of ``text``, without what may be about a person or a secret.

    Later lines are PostgreSQL's DETAIL, with the row's values, the statement, and what else libraries append.

    :param is_ours: of an exception that may quote anything: whatever stands in quotes goes but the names of this
        product's things, and so does what a far side answered.

    >>> clean('duplicate key value violates unique constraint "sms_messages_pkey"\\nDETAIL: Key (phone)=(+12025550143)')
    'duplicate key value violates unique constraint "sms_messages_pkey"'
    """
    lines = text.strip().splitlines()
    # Cut to its length at the end: what is cut in half no pattern finds.
    line = lines[0][: 2 * MAX_TEXT] if lines else ""
    line = _ADDRESS.sub(_without_path, line)
    line = _PATH.sub(r"\1…", line)
    line = _BARE_ADDRESS.sub(r"\1/…", line)
    line = _SECRET.sub(r"\1\2***", line)
    line = _CREDENTIALS.sub(r"\1 ***", line)
    line = _QUOTED.sub(_unless_ours if is_ours else _unless_identifier, line)
    if is_ours:
        line = _ANSWERED.sub(r"\1 …", line)
    line = _MAIL.sub("***@***", line)
    return _NUMBER.sub(lambda found: found["keep"] or "***", line)[:MAX_TEXT]


def _without_path(found: re.Match[str]) -> str:
    scheme, rest = found[0].split("://", 1)
    host = _HOST.match(rest)
    # A password may hold a slash: what stands before it is no host then.
    return f"{scheme}://{host[1]}/…" if host and "@" not in rest[host.end() :] else f"{scheme}://…"


def _unless_identifier(found: re.Match[str]) -> str:
    return found[0] if _is_identifier(inner := _inner(found)) else _masked(found, inner)


def _unless_ours(found: re.Match[str]) -> str:
    inner = _inner(found)
    is_kept = inner.startswith(_OURS) and _is_identifier(inner)
    return found[0] if is_kept else _masked(found, inner)


def _inner(found: re.Match[str]) -> str:
    return found["inner"] if found["inner"] is not None else str(found["typographic"])


def _is_identifier(inner: str) -> bool:
    if not _IDENTIFIER.fullmatch(inner):
        return False
    root, dot, _ = inner.partition(".")
    return not dot or root in _ROOTS or root.startswith(_OURS)


def _masked(found: re.Match[str], inner: str) -> str:
    return found[0] if inner in ("", "***") else f"‹{len(inner)} characters›"
