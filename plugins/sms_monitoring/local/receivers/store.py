"""What arrived, in memory, and in an append-only JSON Lines file if one is given."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sms_monitoring.local.receivers.incidents import IncidentBook
from sms_monitoring.local.receivers.verdict import Channel, Verdict

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One delivery attempt.

    :param received_at: ISO 8601, UTC.
    :param status: what was answered; None where the connection was closed without an answer.
    :param reason: why it was rejected; None where it was accepted.
    :param content: Slack's payload, PagerDuty's event (routing key masked), the parsed mail, a text, a webhook call,
        a heartbeat or an event of Sentry's.
    """

    id: int
    channel: Channel
    received_at: str
    accepted: bool
    status: int | None
    reason: str | None
    warnings: tuple[str, ...]
    content: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The record as a JSON object."""
        return {**asdict(self), "warnings": list(self.warnings)}


class Store:
    """The records, oldest first, and PagerDuty's incidents made of them.

    :param log: a JSON Lines file that is replayed at the start and appended to; None keeps all in memory.
    :raises ValueError: when the log holds a line that this class did not write.
    """

    def __init__(self, log: Path | None = None) -> None:
        self.records: list[Record] = []
        self.book = IncidentBook()
        self.webhook_ids: set[str] = set()
        self._log = log
        self._next_id = 1
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            log.touch()
            self._replay(log)

    def add(self, channel: Channel, verdict: Verdict) -> Record:
        """Keep one delivery attempt; an accepted PagerDuty event also takes effect on the incidents."""
        received_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        note = self._apply(channel, verdict.content, received_at) if verdict.accepted else None
        record = Record(
            id=self._next_id,
            channel=channel,
            received_at=received_at,
            accepted=verdict.accepted,
            status=verdict.status,
            reason=verdict.reason,
            warnings=(*verdict.warnings, *([note] if note else [])),
            content=verdict.content,
        )
        self._keep(record)
        self._write({"record": record.to_json()})
        return record

    def received(self, channel: Channel | None = None, *, accepted: bool | None = None) -> list[Record]:
        """The records of one channel or all, oldest first; accepted ones, rejected ones, or both (None)."""
        return [
            record
            for record in self.records
            if channel in (None, record.channel) and accepted in (None, record.accepted)
        ]

    def clear(self, channel: Channel | None = None) -> None:
        """Forget the records of one channel, or all."""
        self._forget(channel)
        self._write({"cleared": channel})

    def _apply(self, channel: Channel, content: dict[str, Any], at: str) -> str | None:
        """Take in what was accepted; what a tester should know of it."""
        if channel is Channel.PAGERDUTY:
            return self.book.apply(content, at)
        if channel is Channel.WEBHOOK and content["id"] in self.webhook_ids:
            return f"webhook-id {content['id']} came before: a receiver drops it"
        if channel is Channel.WEBHOOK:
            self.webhook_ids.add(content["id"])
        return None

    def _keep(self, record: Record) -> None:
        self.records.append(record)
        self._next_id = record.id + 1

    def _forget(self, channel: Channel | None) -> None:
        self.records = [] if channel is None else [record for record in self.records if record.channel is not channel]
        if channel in (None, Channel.PAGERDUTY):
            self.book = IncidentBook()
        if channel in (None, Channel.WEBHOOK):
            self.webhook_ids.clear()

    def _write(self, entry: dict[str, Any]) -> None:
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")

    def _replay(self, log: Path) -> None:
        written = log.read_bytes()
        whole = written[: written.rfind(b"\n") + 1]
        if whole != written:  # killed in the middle of a line
            log.write_bytes(whole)
        for number, line in enumerate(whole.decode().splitlines(), start=1):
            try:
                entry = json.loads(line)
                if "cleared" in entry:
                    self._forget(Channel(entry["cleared"]) if entry["cleared"] else None)
                    continue
                stored = entry["record"]
                record = Record(
                    **{**stored, "channel": Channel(stored["channel"]), "warnings": tuple(stored["warnings"])}
                )
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{log}, line {number}: not a line of a receivers' log; use another file") from error
            if record.accepted:
                self._apply(record.channel, record.content, record.received_at)
            self._keep(record)
