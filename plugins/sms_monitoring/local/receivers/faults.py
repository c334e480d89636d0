"""Faults on demand: what can be made to go wrong with a channel, and for how often."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, replace
from typing import Any, Literal

from sms_monitoring.local.receivers.verdict import Channel, Verdict

KINDS = ("status", "stall", "hang", "drop", "refuse", "per_second")
# A client that asked for no time-out must not hold a test run for ever.
MAX_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong; exactly one of the first six is given.

    :param status: answer with this HTTP status or SMTP reply code; nothing is accepted.
    :param stall: seconds without any answer, then the connection closes; nothing is accepted.
    :param hang: the delivery *is* accepted, but the answer comes this many seconds late.
    :param drop: the delivery *is* accepted, but the connection closes without an answer.
    :param refuse: the connection closes at once; nothing is accepted.
    :param per_second: rate limit; what comes faster is answered 429 (SMTP: 450), with Retry-After.
    :param retry_after: seconds in the Retry-After header, with ``status`` only.
    :param at: SMTP only: whether ``status`` answers the recipient (``rcpt``) or the message (``data``).
    :param times: how many deliveries it strikes before it is over; None: until it is cleared.
    :raises ValueError: for a combination that means nothing.
    """

    status: int | None = None
    stall: float | None = None
    hang: float | None = None
    drop: bool = False
    refuse: bool = False
    per_second: float | None = None
    retry_after: int | None = None
    at: Literal["rcpt", "data"] = "data"
    times: int | None = None

    def __post_init__(self) -> None:
        given = [kind for kind in KINDS if getattr(self, kind) is not None and getattr(self, kind) is not False]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(KINDS)}; got {', '.join(given) or 'none'}")
        if self.status is not None and not 400 <= self.status <= 599:
            raise ValueError(f"status must be a failure, 400 to 599, not {self.status}")
        for name in ("stall", "hang"):
            seconds = getattr(self, name)
            if seconds is not None and not 0 < seconds <= MAX_SECONDS:
                raise ValueError(f"{name} is a number of seconds above 0 and at most {MAX_SECONDS}, not {seconds}")
        if self.per_second is not None and self.per_second <= 0:
            raise ValueError(f"per_second must be above 0, not {self.per_second}")
        if self.retry_after is not None and (self.status is None or self.retry_after < 0):
            raise ValueError("retry_after is 0 or more seconds, and goes with status")
        if self.at not in ("rcpt", "data"):
            raise ValueError(f"at must be 'rcpt' or 'data', not {self.at!r}")
        if self.times is not None and self.times < 1:
            raise ValueError(f"times must be 1 or more, not {self.times}")

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Fault:
        """The fault that a control request describes.

        :raises ValueError: saying which field is unknown, missing or of the wrong type.
        """
        unknown = set(body) - set(cls.__dataclass_fields__)
        if unknown:
            known = ", ".join(cls.__dataclass_fields__)
            raise ValueError(f"unknown field {', '.join(sorted(unknown))}; there are: {known}")
        try:
            return cls(**body)
        except TypeError as error:
            raise ValueError(f"a field has the wrong type: {error}") from error

    @property
    def accepts(self) -> bool:
        """Whether the delivery is taken all the same, and only the answer suffers."""
        return self.hang is not None or self.drop

    def describe(self) -> str:
        """What the channel does while this fault is on, for people."""
        if self.status is not None:
            wait = f", Retry-After {self.retry_after} s" if self.retry_after is not None else ""
            text = f"answers {self.status}{wait}"
        elif self.stall is not None:
            text = f"stalls for {self.stall:g} s"
        elif self.hang is not None:
            text = f"accepts, answers {self.hang:g} s late"
        elif self.per_second is not None:
            text = f"takes {self.per_second:g} a second"
        else:
            text = "accepts, then drops the connection" if self.drop else "refuses connections"
        return text if self.times is None else f"{text}, {self.times} more time{'s' if self.times > 1 else ''}"


def struck(verdict: Verdict, fault: Fault | None, answer: str | dict[str, Any] = "") -> Verdict:
    """What becomes of a verdict under a fault. Where the far side accepts first, its own rejection goes before.

    :param answer: the body of the answer that a ``status`` fault gives.
    """
    if fault is None or (fault.accepts and not verdict.accepted):
        return verdict
    if fault.accepts:
        note = "accepted, then dropped the connection" if fault.drop else f"answered {fault.hang:g} s late"
        return replace(verdict, status=None if fault.drop else verdict.status, warnings=(*verdict.warnings, note))
    if fault.status is not None:
        return replace(verdict, status=fault.status, answer=answer, reason=f"fault on demand: answered {fault.status}")
    reason = f"stalled for {fault.stall:g} s" if fault.stall is not None else "connection refused"
    return replace(verdict, status=None, answer="", reason=f"fault on demand: {reason}")


class FaultBook:
    """The faults that are on now, one per channel at most."""

    def __init__(self) -> None:
        self.active: dict[Channel, Fault] = {}
        self._released: dict[Channel, asyncio.Event] = {}
        self._last_passed: dict[Channel, float] = {}

    def set(self, channel: Channel, fault: Fault) -> None:
        """Switch a fault on, in place of the one before.

        :raises ValueError: for a fault that this channel cannot have.
        """
        if fault.at == "rcpt" and (channel is not Channel.EMAIL or fault.status is None):
            raise ValueError("at='rcpt' goes with a status of the channel email")
        self.clear(channel)
        self.active[channel] = fault
        self._released[channel] = asyncio.Event()

    def clear(self, channel: Channel) -> None:
        """Switch a channel's fault off; deliveries that it holds up go on at once."""
        self.active.pop(channel, None)
        self._last_passed.pop(channel, None)
        if released := self._released.pop(channel, None):
            released.set()

    def take(self, channel: Channel, now: float, *, at: str = "data") -> Fault | None:
        """The fault that strikes a delivery at ``now`` (seconds, monotonic) at this stage of it, and counts it."""
        fault = self.active.get(channel)
        if fault is None or fault.at != at:
            return None
        if fault.per_second is not None:
            wait = self._last_passed.get(channel, -math.inf) + 1 / fault.per_second - now
            if wait <= 0:
                self._last_passed[channel] = now
                return None
            strike = Fault(status=450 if channel is Channel.EMAIL else 429, retry_after=math.ceil(wait))
        else:
            strike = fault
        if fault.times is not None:
            if fault.times == 1:
                # The event stays with those it holds up: only `clear` and the clock let them go.
                del self.active[channel]
            else:
                self.active[channel] = replace(fault, times=fault.times - 1)
        return strike

    async def hold(self, channel: Channel, seconds: float) -> None:
        """Wait that long, or until the channel's fault is cleared."""
        released = self._released.setdefault(channel, asyncio.Event())
        try:
            await asyncio.wait_for(released.wait(), seconds)
        except TimeoutError:
            return
