"""What the database refuses, with the parameter that was at fault."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from sms_monitoring.api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

# SQLSTATE classes that say that a value is wrong: data exception, constraint violation.
WRONG_VALUES = ("22", "23")


@contextmanager
def naming(parameter: str) -> Iterator[None]:
    """Within, a value that the database refuses can only be that of ``parameter``.

    :raises ApiError: 422 for such a value; any other error as it is.
    """
    try:
        yield
    except psycopg.Error as error:
        if (error.sqlstate or "")[:2] not in WRONG_VALUES:
            raise
        said = ". ".join(filter(None, (error.diag.message_primary, error.diag.message_hint)))
        raise ApiError(422, f"{parameter}: {said}", parameter=parameter) from error
