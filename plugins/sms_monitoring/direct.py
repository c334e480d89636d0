"""Tells people past the outbox and its database, which may be what is broken. Nothing in here raises."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.notify.message import Message

log = logging.getLogger(__name__)


def tell(message: Message, channels: Sequence[str], fallback: str | None = None) -> dict[str, str]:
    """Send ``message`` to each of ``channels``, and to ``fallback`` where none of them took it.

    :returns: channel → what became of it, without secrets: ``delivered``, or why not.
    """
    outcome = {channel: _send(message, channel) for channel in channels}
    if fallback and "delivered" not in outcome.values():
        outcome[fallback] = _send(message, fallback)
    for channel, said in outcome.items():
        (log.info if said == "delivered" else log.error)("%s: %s", channel, said)
    return outcome


def _send(message: Message, channel: str) -> str:
    from sms_monitoring.notify.channels import load_channel
    from sms_monitoring.notify.channels.base import ConfigurationError, Delivered

    try:
        result = load_channel(channel).send([message])
    except ConfigurationError as error:
        return str(error)
    except Exception as error:
        # The exception's own words may hold the webhook's URL.
        return f"failed with {type(error).__name__}"
    return "delivered" if isinstance(result, Delivered) else result.reason
