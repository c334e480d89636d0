"""How a row of the outbox is recognised in whatever a far side got: by a word in its title."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"r(\d+)k(\d+)n(\d+)e")


@dataclass(frozen=True, slots=True)
class Token:
    """Row ``row`` (from 0) of run ``run``, in the send numbered ``send``."""

    run: int
    row: int
    send: int

    def __str__(self) -> str:
        # The e at the end tells a whole token from one that was cut.
        return f"r{self.run}k{self.row}n{self.send}e"


def tokens_in(content: dict[str, Any]) -> frozenset[Token]:
    """All tokens anywhere in what arrived."""
    found = _TOKEN.findall(json.dumps(content, ensure_ascii=False))
    return frozenset(Token(int(run), int(row), int(send)) for run, row, send in found)


def with_send(title: str, send: int) -> str:
    """``title`` with the number of the send put into its token."""
    return _TOKEN.sub(lambda match: f"r{match[1]}k{match[2]}n{send}e", title, count=1)


def row_of(title: str) -> int | None:
    """The row that a title's token names; None where it has none."""
    found = _TOKEN.search(title)
    return int(found[2]) if found else None
