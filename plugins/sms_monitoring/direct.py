"""Tells people past the outbox and its database, which may be what is broken. Nothing in here raises."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.notify.message import Message

log = logging.getLogger(__name__)

# For one channel, in all: of the 50 seconds that Airflow gives a callback, three channels must have enough.
PATIENCE_SECONDS = 12.0


def tell(
    message: Message, channels: Sequence[str], fallback: str | None = None, patience: float = PATIENCE_SECONDS
) -> dict[str, str]:
    """Send ``message`` to each of ``channels``, and to ``fallback`` where none of them took it.

    :param patience: seconds that each channel is waited for; it may still take the message later.
    :returns: channel → what became of it, without secrets: ``delivered``, or why not.
    """
    outcome = {channel: _send(message, channel, patience) for channel in channels}
    if fallback and "delivered" not in outcome.values():
        outcome[fallback] = _send(message, fallback, patience)
    for channel, said in outcome.items():
        (log.info if said == "delivered" else log.error)("%s: %s", channel, said)
    return outcome


def _send(message: Message, channel: str, patience: float) -> str:
    from sms_monitoring.hooks.patience import OutOfPatienceError, at_most
    from sms_monitoring.notify.channels import load_channel
    from sms_monitoring.notify.channels.base import ConfigurationError, Delivered

    try:
        # Opened first: what Airflow is asked for, and most imports, are not on the clock.
        opened = load_channel(channel)
        result = at_most(patience, lambda: opened.send([message]))
    except ConfigurationError as error:
        return str(error)
    except OutOfPatienceError as error:
        return str(error)
    except Exception as error:
        # The exception's own words may hold the webhook's URL.
        return f"failed with {type(error).__name__}"
    return "delivered" if isinstance(result, Delivered) else result.reason
