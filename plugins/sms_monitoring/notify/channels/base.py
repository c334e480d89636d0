"""What every channel is and answers, and what the channels have in common."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from sms_monitoring.notify.redaction import redact
from sms_monitoring.notify.text import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sms_monitoring.notify.message import Message

# Seconds for each step on the network: to connect, to send, to be answered.
TIMEOUT_SECONDS = 10
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Delivered:
    """The far side took it; ``note`` says what a reader should know all the same."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Not now.

    :param after_seconds: what the far side asked us to wait.
    :param whole_channel: whether any other message would fare the same now.
    """

    reason: str
    after_seconds: float | None = None
    whole_channel: bool = False


@dataclass(frozen=True, slots=True)
class Permanent:
    """Never: this message will not be taken, however often it is sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """The far side does not know us: nothing is wrong with the message, and none gets through until that is mended."""

    reason: str


Result = Delivered | RetryLater | Permanent | Misconfigured


class ConfigurationError(RuntimeError):
    """A connection or variable is missing or makes no sense; says which, and how to set it."""


class UnknownChannelError(ValueError):
    """A channel that has no module, or no row in ``sms_notification_channels``."""


class Channel(Protocol):
    """One way to reach people.

    A channel module has ``open_channel()``, which reads its connection and returns this, raising
    :class:`ConfigurationError`; a pure ``format_message`` that makes the payload of one message; and, where
    ``group_size`` is above 1, a pure ``format_group`` that makes that of several.
    """

    seconds_between_messages: float
    """The pace that the far side asks for, between two deliveries; 0: none."""

    group_size: int
    """How many messages one delivery may carry; 1: each goes alone."""

    def send(self, messages: Sequence[Message]) -> Result:
        """Deliver 1 to ``group_size`` messages as one: once, with time-outs and no retries of its own.

        One message looks as it would alone. No result holds a secret.
        """
        ...


class Answer(Enum):
    """What an answer's code means: the words of a channel's retry table."""

    DELIVERED = "delivered"
    RETRY = "retry"
    RETRY_WHOLE_CHANNEL = "retry whole channel"
    PERMANENT = "permanent"
    MISCONFIGURED = "misconfigured"


def look_up(table: Mapping[int | str, Answer], code: int) -> Answer:
    """What ``code`` means by ``table``, whose keys are codes and classes of codes: ``429``, ``"5xx"``."""
    return table.get(code) or table.get(f"{code // 100}xx", Answer.PERMANENT)


def result(answer: Answer, reason: str, after_seconds: float | None = None) -> Result:
    """The result that an answer comes to."""
    match answer:
        case Answer.DELIVERED:
            return Delivered()
        case Answer.RETRY | Answer.RETRY_WHOLE_CHANNEL:
            whole_channel = answer is Answer.RETRY_WHOLE_CHANNEL or after_seconds is not None
            return RetryLater(reason, after_seconds, whole_channel)
        case Answer.PERMANENT:
            return Permanent(reason)
        case Answer.MISCONFIGURED:
            return Misconfigured(reason)


def explain(what: str, detail: object, secrets: Collection[str]) -> str:
    """One short line without secrets, fit for a log and for ``last_error``."""
    # Redacted before it is cut: half a secret is a secret too.
    return cut(cleaned(f"{what}: {detail}" if str(detail) else what, secrets), MAX_REASON)


def cleaned(text: str, secrets: Collection[str]) -> str:
    """``text`` in one line and without secrets: neither those as they are, nor those that cleaning puts together."""
    return redact(one_line(redact(text, secrets)), secrets)


def read_connection(conn_id: str, how_to_set: str) -> Any:
    """The Airflow connection ``conn_id``.

    :raises ConfigurationError: when it is missing or cannot be read.
    """
    from airflow.sdk import BaseHook

    try:
        return BaseHook.get_connection(conn_id)
    except Exception as error:
        # What a secrets backend raises may quote secrets: neither its words nor the exception go on.
        kind = type(error).__name__
    raise wrong_connection(conn_id, f"is missing or cannot be read ({kind})", how_to_set)


def is_web_address(url: str) -> bool:
    """Whether ``url`` is an http or https URL with a host, fit for a request as it stands."""
    if not (url.isascii() and url.isprintable()) or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def misconfigured(reason: str, conn_id: str, how_to_set: str) -> Misconfigured:
    """The result that says which connection to mend, and how."""
    return Misconfigured(f"{reason}. Check the Airflow connection {conn_id!r}; set it with: {how_to_set}")


def wrong_connection(conn_id: str, fault: str, how_to_set: str) -> ConfigurationError:
    """The error that says what is wrong with a connection and how to set it."""
    return ConfigurationError(f"Airflow connection {conn_id!r} {fault}. Set it with: {how_to_set}")
