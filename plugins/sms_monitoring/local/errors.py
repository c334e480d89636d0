"""The base of the errors that the local stack expects: shown to people as a message, without a traceback."""

from __future__ import annotations


class LocalStackError(RuntimeError):
    """Something outside the code is not as it should be; the message says what, where, and what to do."""
