"""The message that tries out a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring.notify.message import Event, Message, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from sms_monitoring.notify.message import Link


def compose_test_alert(
    channel: str, *, key: str, at: datetime, asked_by: str | None = None, links: tuple[Link, ...] = ()
) -> Message:
    """The message for one channel.

    :param key: tells this test from every other one.
    :param asked_by: the person who wants to know.
    """
    facts = [("Channel", channel)]
    if asked_by:
        facts.append(("Asked for by", asked_by))
    return Message(
        event=Event.TEST,
        severity=Severity.INFO,
        alert_type="test",
        entity="all",
        dedup_key=f"sms-monitoring/test/{key}"[:255],
        title="Test alert",
        summary="SMS monitoring reaches this channel. Nothing is wrong.",
        occurred_at=at,
        facts=tuple(facts),
        links=links,
    )
