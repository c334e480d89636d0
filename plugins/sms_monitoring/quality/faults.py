"""Whose fault it is that a check could not be run: the data's, or the checker's. Pure.

A table or column that is gone, and a value that cannot be read, are faults of what is checked: the check is an error,
and its numbers are not to be judged. Everything else (the server, a lock, a permission, the library itself) says
nothing about the numbers: it ends the run, and nobody is blinded by it.
"""

from __future__ import annotations

import re

# Of SQLSTATE: a column, table, function, type or schema that is gone, an operator that does not take the type that a
# column has now, a value of another type, a view that was never filled.
_DEFINITION = frozenset({"42703", "42P01", "42883", "42704", "42804", "42846", "42809", "3F000", "55000"})
# A value that cannot be cast, divided, stored.
_VALUES = "22"
# How SQLAlchemy names the driver's error, and how the library says that a column is gone.
_DRIVER = re.compile(r"\(psycopg\.(?:errors\.)?(\w+)\)")
_COLUMN_GONE = re.compile(r'(?:Error: )?The column "[^"]*" in BatchData does not exist\.')


class BrokenCheckerError(RuntimeError):
    """What the library caught while it worked, and what is no fault of the data."""


def is_of_data(problem: BaseException) -> bool:
    """Whether ``problem`` is a fault of what is checked, not of the checker."""
    import psycopg

    if isinstance(problem, psycopg.Error):
        return _is_state_of_data(problem.sqlstate)
    return is_text_of_data(str(problem))


def is_text_of_data(text: str) -> bool:
    """The same for what the library caught itself: all that is left of it then is its message."""
    import psycopg.errors

    if _COLUMN_GONE.fullmatch(text.strip()):
        return True
    named = [getattr(psycopg.errors, name, None) for name in _DRIVER.findall(text)]
    return bool(named) and all(_is_state_of_data(getattr(error, "sqlstate", None)) for error in named)


def _is_state_of_data(state: str | None) -> bool:
    return state is not None and (state in _DEFINITION or state.startswith(_VALUES))
