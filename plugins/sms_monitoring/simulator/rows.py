"""The product's two tables as columns for COPY."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sms_monitoring.simulator import draws, pgcopy
from sms_monitoring.simulator.arrays import MILLISECOND, NEVER, Bytes, Ints, Keys
from sms_monitoring.simulator.content import ERRORS, TEXTS, VIAS
from sms_monitoring.simulator.lifecycle import REASONS
from sms_monitoring.simulator.snapshot import STATUSES
from sms_monitoring.simulator.texts import CAMPAIGNS
from sms_monitoring.simulator.users import CARRIERS
from sms_monitoring.simulator.zones import ZONES

if TYPE_CHECKING:
    from sms_monitoring.simulator.content import Content
    from sms_monitoring.simulator.lifecycle import Lives
    from sms_monitoring.simulator.snapshot import Snapshot
    from sms_monitoring.simulator.users import Users

_CAMPAIGN_NAMES = [campaign for campaign in CAMPAIGNS if campaign is not None]
_CAMPAIGN_INDEX = np.array([-1 if name is None else _CAMPAIGN_NAMES.index(name) for name in CAMPAIGNS])
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_PHONE = np.frombuffer(b"+10005550100", dtype=np.uint8)


def user_columns(users: Users, opted_out_at: Ints) -> dict[str, pgcopy.Column]:
    """Rows of ``user_sms_preferences``, by column; ``opted_out_at`` is NEVER for who has not (yet)."""
    opted_out = opted_out_at != NEVER
    return {
        "user_id": _user_ids(users.key),
        "phone_number": pgcopy.texts(_phones(users.key)),
        "timezone": pgcopy.Pooled(list(ZONES), users.zone),
        "quiet_hours_start": pgcopy.times_of_day(users.quiet_start),
        "quiet_hours_end": pgcopy.times_of_day(users.quiet_end),
        "daily_sms_limit": pgcopy.integers(users.daily_limit),
        "opted_out": pgcopy.booleans(opted_out),
        "opted_out_at": pgcopy.timestamps(opted_out_at),
        "created_at": pgcopy.timestamps(users.created_at),
        "updated_at": pgcopy.timestamps(np.where(opted_out, opted_out_at, users.created_at)),
    }


def message_columns(users: Users, lives: Lives, content: Content, shown: Snapshot) -> dict[str, pgcopy.Column]:
    """Rows of ``sms_messages``, by column."""
    user_key = users.key[lives.user]
    sent, failed = shown.sent_at != NEVER, shown.failed_at != NEVER
    error = np.where(failed, content.error, -1)
    return {
        "id": _message_ids(lives.key, lives.created_at),
        "user_id": _user_ids(user_key),
        "phone_number": pgcopy.texts(_phones(user_key)),
        "message_content": pgcopy.Pooled(TEXTS, content.text),
        "status": pgcopy.Pooled(STATUSES, shown.status),
        "campaign_id": pgcopy.Pooled(_CAMPAIGN_NAMES, _CAMPAIGN_INDEX[lives.campaign]),
        "carrier": pgcopy.Pooled(list(CARRIERS), users.carrier[lives.user]),
        "generated_via": pgcopy.Pooled(VIAS, np.where(content.generated, content.via, -1)),
        "generation_time_ms": pgcopy.integers(content.generation_ms, content.generated),
        "generation_cost_usd": pgcopy.numerics(content.generation_cost, 8, content.generated),
        "scheduled_for": pgcopy.timestamps(shown.scheduled_for),
        "created_at": pgcopy.timestamps(lives.created_at),
        "quiet_hours_skipped_at": pgcopy.timestamps(shown.skipped_at),
        "sent_at": pgcopy.timestamps(shown.sent_at),
        "delivered_at": pgcopy.timestamps(shown.delivered_at),
        "failed_at": pgcopy.timestamps(shown.failed_at),
        "cancelled_at": pgcopy.timestamps(shown.cancelled_at),
        "cancellation_reason": pgcopy.Pooled(REASONS, np.where(shown.cancelled_at != NEVER, lives.cancelled_for, -1)),
        "attempts": pgcopy.integers(shown.attempts),
        "sms_cost_usd": pgcopy.numerics(content.sms_cost, 6, sent),
        "twilio_sid": pgcopy.texts(_sids(lives.key), sent),
        "twilio_error_code": pgcopy.integers(np.array(list(ERRORS))[content.error], failed),
        "twilio_error_message": pgcopy.Pooled(list(ERRORS.values()), error),
        "updated_at": pgcopy.timestamps(shown.updated_at),
    }


def _user_ids(keys: Keys) -> pgcopy.Fixed:
    return _uuids(draws.bits(keys, "user.id"), keys, version=4)


def _message_ids(keys: Keys, created_at: Ints) -> pgcopy.Fixed:
    # Version 7 begins with the time: new rows land at the end of the primary key.
    high = (created_at // MILLISECOND).astype(np.uint64) << np.uint64(16)
    return _uuids(high | (keys & np.uint64(0xFFFF)), draws.bits(keys, "id"), version=7)


def _uuids(high: Keys, low: Keys, *, version: int) -> pgcopy.Fixed:
    # RFC 9562: the version in four bits of the first half, the variant in the top two of the second.
    high = (high & ~np.uint64(0xF000)) | np.uint64(version << 12)
    return pgcopy.uuids(high, (low >> np.uint64(2)) | np.uint64(1 << 63))


def _phones(keys: Keys) -> Bytes:
    """Numbers out of +1 NXX 555 0100 to 0199, which are reserved for fiction."""
    digits = draws.bits(keys, "phone")[:, None] // np.array([1, 10, 100, 1000, 10_000], dtype=np.uint64) % np.uint64(10)
    phones = np.tile(_PHONE, (len(keys), 1))
    phones[:, 2] += 2 + (digits[:, 0] % np.uint64(8)).astype(np.uint8)
    phones[:, [3, 4, 10, 11]] += digits[:, 1:].astype(np.uint8)
    return phones


def _sids(keys: Keys) -> Bytes:
    words = np.stack([draws.bits(keys, "sid.high"), draws.bits(keys, "sid.low")], axis=1).view(np.uint8)
    nibbles = np.stack([words >> 4, words & 15], axis=2).reshape(len(keys), 32)
    return np.concatenate([np.tile(np.frombuffer(b"SM", dtype=np.uint8), (len(keys), 1)), _HEX[nibbles]], axis=1)
