"""What a message's row says beside its times: text, how it was generated, what it cost, how it failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sms_monitoring.simulator import draws
from sms_monitoring.simulator.arrays import Bools, Columns, Ints
from sms_monitoring.simulator.incidents import Incident, IncidentKind, during, rate_during
from sms_monitoring.simulator.texts import CAMPAIGNS, FIXED_TEXT, texts_by_campaign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.simulator.lifecycle import Lives
    from sms_monitoring.simulator.users import Users

VIAS = ("llm", "template")
_FALLBACK = 0.04
_FALLBACK_IN_FAILURE = 0.9
_COST_SPIKE = 120  # as when a far larger model answers by mistake

# Carrier errors as Twilio numbers and names them: https://www.twilio.com/docs/api/errors
ERRORS = {
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
}
_ERROR_WEIGHTS = np.array([0.45, 0.20, 0.12, 0.15, 0.08])

# Millionths of a dollar for one SMS, by carrier, in the order of CARRIERS.
_SMS_PRICES = np.array([7_900, 8_300, 8_300, 10_500, 14_000])
_TWO_PARTS = 0.12  # of messages are too long for one SMS

_POOLS = texts_by_campaign()
TEXTS = [text for pool in _POOLS for text in pool]
_POOL_SIZES = np.array([len(pool) for pool in _POOLS])
_POOL_STARTS = np.cumsum(_POOL_SIZES) - _POOL_SIZES
_IS_FIXED = np.array([campaign in FIXED_TEXT for campaign in CAMPAIGNS])


@dataclass(frozen=True, eq=False, slots=True)
class Content(Columns):
    """One entry a message."""

    text: Ints  # index into TEXTS
    generated: Bools  # or else fixed text
    via: Ints  # index into VIAS
    generation_ms: Ints
    generation_cost: Ints  # in 10^-8 dollars; a failed LLM answer is billed too
    sms_cost: Ints  # in 10^-6 dollars
    error: Ints  # index into ERRORS, meaningful where the message failed


def content_of(lives: Lives, users: Users, incidents: Sequence[Incident]) -> Content:
    """The content of messages; the LLM's part depends on what went wrong when they were created."""
    key, created_at = lives.key, lives.created_at
    failed_share = rate_during(incidents, IncidentKind.LLM_FAILURE, created_at, _FALLBACK, _FALLBACK_IN_FAILURE)
    dear = during(incidents, IncidentKind.LLM_COST_SPIKE, created_at)
    fallback = draws.uniform(key, "fallback") < failed_share
    # A template comes after the LLM has been waited for.
    milliseconds = draws.lognormal(key, "generation", median=1, sigma=0.45) * np.where(fallback, 4_000, 900)
    cost = draws.lognormal(key, "cost", median=9_000, sigma=0.3) * np.where(dear, _COST_SPIKE, 1)
    parts = 1 + (draws.uniform(key, "parts") < _TWO_PARTS)
    choice = (draws.uniform(key, "text") * _POOL_SIZES[lives.campaign]).astype(np.int64)
    return Content(
        text=_POOL_STARTS[lives.campaign] + choice,
        generated=~_IS_FIXED[lives.campaign],
        via=fallback.astype(np.int64),
        generation_ms=milliseconds.astype(np.int64),
        generation_cost=cost.astype(np.int64),
        sms_cost=_SMS_PRICES[users.carrier[lives.user]] * parts,
        error=draws.choice(key, "error", _ERROR_WEIGHTS),
    )
