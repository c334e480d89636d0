"""The source views: what the product hands over, of the newest two days."""

from __future__ import annotations

from sms_monitoring.quality.model import Check, Suite
from sms_monitoring.quality.suites.build import SOURCE_OWNER, between, critical, no_rows, none_of, warning


def _changes_dated(family: str) -> Check:
    return critical(
        "changes_dated",
        none_of("without_change_time"),
        "Late receipts are found by changed_at: a row without it is never looked at again.",
        owner=SOURCE_OWNER,
        families=(family,),
    )


def _not_ahead() -> Check:
    return warning(
        "times_not_ahead",
        none_of("in_the_future"),
        "What is dated in the future is not aggregated: a clock of the product is wrong.",
        owner=SOURCE_OWNER,
    )


MESSAGES = Suite(
    name="source_messages",
    rows="source_messages",
    checks=(
        critical(
            "ids_filled",
            none_of("without_id"),
            "A message without an id cannot be told from another.",
            owner=SOURCE_OWNER,
        ),
        critical(
            "ids_unique",
            no_rows("message_ids_unique"),
            "A message that the view tells of twice is counted twice: it joins too much.",
            owner=SOURCE_OWNER,
            families=("delivery",),
        ),
        _changes_dated("delivery"),
        _not_ahead(),
        warning(
            "costs_sensible",
            none_of("odd_costs"),
            "Costs below zero are left out of the sums, those above 100 USD a message are hardly in USD.",
            owner=SOURCE_OWNER,
        ),
        warning(
            "delivered_were_sent",
            none_of("delivered_unsent"),
            "What was delivered without being sent is in no cohort, and so in no rate.",
            owner=SOURCE_OWNER,
        ),
        warning(
            "delivered_after_sent",
            between("percent_delivered_before_sent", None, 10),
            "Receipts stamped before their send: columns are swapped, or a clock is wrong.",
            owner=SOURCE_OWNER,
        ),
        warning(
            "users_known",
            between("percent_without_user", None, 5),
            "Messages without a user are missing from every rate per user.",
            owner=SOURCE_OWNER,
        ),
    ),
)

GENERATIONS = Suite(
    name="source_generations",
    rows="source_generations",
    checks=(
        critical(
            "outcomes_known",
            none_of("unknown_outcomes"),
            "Texts whose outcome is neither llm nor template are left out: the failure rate is wrong.",
            owner=SOURCE_OWNER,
            families=("generation",),
        ),
        _changes_dated("generation"),
        _not_ahead(),
        warning(
            "costs_sensible", none_of("odd_costs"), "Costs below zero are left out of the sums.", owner=SOURCE_OWNER
        ),
        warning(
            "durations_sensible",
            none_of("odd_durations"),
            "A text that took less than no time, or over an hour, is not in milliseconds.",
            owner=SOURCE_OWNER,
        ),
        warning(
            "costs_filled",
            none_of("without_cost"),
            "Without its cost a text of the LLM looks free.",
            owner=SOURCE_OWNER,
        ),
    ),
)

ENGAGEMENT = Suite(
    name="source_engagement",
    rows="source_engagement",
    checks=(
        critical(
            "events_named",
            none_of("nameless"),
            "An event without a name is counted as nothing.",
            owner=SOURCE_OWNER,
            families=("engagement",),
        ),
        _changes_dated("engagement"),
        _not_ahead(),
        warning(
            "users_known",
            none_of("without_user"),
            "An event of nobody is missing from every rate per user.",
            owner=SOURCE_OWNER,
        ),
    ),
)
