"""The SMTP side: takes mail for anyone, keeps it, and fails on demand."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP, Envelope, Session

from sms_monitoring.local.receivers.faults import FaultBook, struck
from sms_monitoring.local.receivers.mail import mail_warnings, parse_mail
from sms_monitoring.local.receivers.verdict import Channel, Verdict

if TYPE_CHECKING:
    from sms_monitoring.local.receivers.store import Store

MAX_BYTES = 25 * 1024 * 1024  # what the large mail services take


class MailHandler:
    """What happens with each recipient and message; aiosmtpd calls the ``handle_*`` methods by name."""

    def __init__(self, store: Store, faults: FaultBook) -> None:
        self.store = store
        self.faults = faults

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse it on demand."""
        fault = self.faults.take(Channel.EMAIL, time.monotonic(), at="rcpt")
        if fault is None or fault.status is None:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        content = {"envelope_from": envelope.mail_from, "envelope_to": [address]}
        self.store.add(Channel.EMAIL, struck(Verdict(status=250, answer="", content=content), fault))
        return _failure(fault.status)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a message, or fail on demand."""
        fault = self.faults.take(Channel.EMAIL, time.monotonic())
        verdict = struck(_verdict(envelope), fault)
        record = self.store.add(Channel.EMAIL, verdict)
        if fault is not None and (seconds := fault.stall or fault.hang):
            await self.faults.hold(Channel.EMAIL, seconds)
        if record.status is None:
            _hang_up(server.transport)
        return f"250 OK: queued as {record.id}" if record.accepted else _failure(record.status or 421)


class MailSession(SMTP):
    """One connection; refuses it on demand."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or close at once."""
        super().connection_made(transport)
        handler: MailHandler = self.event_handler
        active = handler.faults.active.get(Channel.EMAIL)
        if active is not None and active.refuse:
            fault = handler.faults.take(Channel.EMAIL, time.monotonic())
            handler.store.add(Channel.EMAIL, struck(Verdict(status=220, answer="", content={}), fault))
            _hang_up(transport)


def mail_session(store: Store, faults: FaultBook, loop: asyncio.AbstractEventLoop) -> MailSession:
    """The protocol for one incoming connection."""
    # The name is given because aiosmtpd would else ask the DNS for it.
    return MailSession(
        MailHandler(store, faults), hostname="localhost", ident="local receiver", loop=loop, data_size_limit=MAX_BYTES
    )


def _verdict(envelope: Envelope) -> Verdict:
    mail = parse_mail(envelope.original_content or b"")
    content = {**mail, "envelope_from": envelope.mail_from, "envelope_to": list(envelope.rcpt_tos)}
    return Verdict(status=250, answer="", content=content, warnings=tuple(mail_warnings(mail)))


def _hang_up(transport: asyncio.BaseTransport | None) -> None:
    if isinstance(transport, asyncio.Transport):
        transport.abort()


def _failure(status: int) -> str:
    kind = "temporary" if status < 500 else "permanent"
    return f"{status} {status // 100}.3.0 {kind} failure on demand"
