"""What is known of a run once it is over: the outbox, what the far side got, what the dispatchers wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaos.journal import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A row of the outbox at the end of the run."""

    number: int | None
    """From 0, in the order in which the campaign wrote them; None: the dispatchers wrote it."""
    id: int
    event: str
    channel: str
    dedup_key: str
    status: str
    suppressed_reason: str | None = None
    attempts: int = 1
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Something that the far side got.

    :param rows: which rows were in it, each with the number of the send.
    :param status: what it answered; None: nothing.
    """

    rows: frozenset[tuple[int, int]]
    accepted: bool
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An incident in PagerDuty.

    :param row: the row that opened it.
    :param status: triggered, acknowledged or resolved.
    """

    row: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All of it.

    :param requests: in the order in which they came.
    :param journal: in the order of time.
    :param opened: PagerDuty's incidents.
    :param crashed: what dispatchers that ended by themselves, but not well, had printed.
    :param known_failing: channels of which an incident said that they do not deliver.
    :param dispatches: how many processes were started.
    """

    rows: tuple[OutboxRow, ...]
    requests: tuple[Request, ...]
    journal: tuple[Entry, ...]
    opened: tuple[Opened, ...] = ()
    crashed: tuple[str, ...] = ()
    known_failing: frozenset[str] = frozenset()
    dispatches: int = 0
