"""Answers that are the same for every reader: made once, and kept until the numbers change.

When a new hour is there, every open dashboard asks for all its charts at the same moment.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cachetools import TTLCache, cached
from fastapi import Response

from sms_monitoring import db

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pydantic import BaseModel

    from sms_monitoring.db import Connection

MOST_ANSWERS = 128
# For what changes by no row that the version looks at: the clock, above all.
LONGEST_SECONDS = 60

_kept: TTLCache[Hashable, bytes] = TTLCache(maxsize=MOST_ANSWERS, ttl=LONGEST_SECONDS)


def shared_answer(conn: Connection, question: tuple[Hashable, ...], make: Callable[[], BaseModel]) -> Response:
    """The JSON of what ``make`` returns, or of what it returned to who asked the same of the same numbers before.

    Who asks while another has it made waits for that one. An exception of ``make`` is kept for nobody.

    :param question: all that the answer depends on besides the database.
    """
    row = db.fetch_one(conn, "api/shared/version.sql") or {}
    body = _made((*question, *row.values()), make)
    return Response(body, media_type="application/json")


@cached(_kept, key=lambda key, make: key, condition=threading.Condition())
def _made(key: Hashable, make: Callable[[], BaseModel]) -> bytes:
    return make().model_dump_json().encode()
