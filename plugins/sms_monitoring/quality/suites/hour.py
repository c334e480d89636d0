"""The gate: the hour just written, before it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring.quality.model import Suite
from sms_monitoring.quality.suites.build import (
    SOURCE_OWNER,
    at_least,
    between,
    critical,
    filled,
    none_of,
    one_of,
    warning,
)
from sms_monitoring.quality.suites.words import DIMENSIONS as DIMENSION_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sms_monitoring.quality.model import Check

FAMILY_NAMES = ("delivery", "generation", "engagement", "recorded")
"""As in ``sms_monitoring.aggregation.families``; ``hour_metric_types.sql`` has a column for each."""
DERIVED = FAMILY_NAMES[:3]
"""Those counted from the product's own rows. An application that records by itself may mean half a thing."""


def per_family(name: str, fault: str, reason: str, families: tuple[str, ...] = FAMILY_NAMES) -> Iterator[Check]:
    """A critical check for each family: its column ``<family>_<fault>`` counts none."""
    for family in families:
        yield critical(f"{family}_{name}", none_of(f"{family}_{fault}"), reason, families=(family,))


METRIC_TYPES = Suite(
    name="hour_metric_types",
    rows="hour_metric_types",
    checks=(
        critical("metric_types_known", filled("kind"), "Of an unknown metric type nobody knows what its numbers mean."),
        critical(
            "hours_whole", none_of("seconds_into_hour"), "What lies between two hours belongs to none and is not found."
        ),
        *per_family("keys_unique", "raw_repeated", "A user's hour that stands twice is counted twice."),
        *per_family(
            "values_in_range",
            "raw_out_of_range",
            "A value that is missing, negative or beyond all sense makes every sum wrong.",
        ),
        *per_family(
            "counts_whole",
            "fractional_counts",
            "There is no half message: a fraction is another column's value.",
            DERIVED,
        ),
        *per_family("rollup_keys_unique", "rollup_repeated", "An hour that stands twice is counted twice."),
        *per_family(
            "rollup_values_in_range",
            "rollup_out_of_range",
            "Alerts judge the rollup: a missing, negative or senseless sum is no measurement.",
        ),
        *per_family(
            "rollup_equals_raw",
            "difference",
            "The rollup that alerts judge is not the sum of the rows it was made from.",
        ),
    ),
)

DIMENSIONS = Suite(
    name="hour_dimensions",
    rows="hour_dimensions",
    checks=(
        critical(
            "delivered_at_most_sent",
            at_least("sent", "delivered"),
            "Deliveries are counted in the hour of the send: a rate above 100 % is a wrong rate.",
            families=("delivery",),
        ),
        critical(
            "delivery_times_at_most_delivered",
            at_least("delivered", "delivery_times"),
            "A delivery has one delivery time: more of them are something else's.",
            families=("delivery",),
        ),
        critical(
            "generation_times_at_most_written",
            at_least("written_by_llm", "generation_times"),
            "A text has one generation time: more of them are something else's.",
            families=("generation",),
        ),
        critical(
            "histograms_on_durations",
            none_of("misplaced_histograms"),
            "Percentiles come from histograms: a duration without one has none, and a count has none to give.",
        ),
        warning(
            "dimensions_known", one_of("dimension", *DIMENSION_NAMES), "Nothing reads a dimension that is not known."
        ),
    ),
)

FAMILIES = Suite(
    name="hour_families",
    rows="hour_families",
    checks=(
        *(
            critical(
                f"{family}_aggregated",
                filled(f"{family}_aggregated_at"),
                "The hour was not aggregated since it was over: its numbers are none, or cut short.",
                families=(family,),
            )
            for family in FAMILY_NAMES
        ),
        warning(
            "sent_as_usual",
            between("sent_ratio", 0.2, 5),
            "Far fewer or more messages than in the same hour of past weeks: the source may be incomplete, or doubled.",
            owner=SOURCE_OWNER,
        ),
    ),
)


def as_in_source(rows: str, family: str, what: str, things: str) -> Suite:
    """The hour as the product knows it, beside what the rollup counts of it: columns ``lost`` and ``surplus``."""
    return Suite(
        name=rows,
        rows=rows,
        checks=(
            critical(
                f"{what}_as_in_source",
                none_of("lost"),
                f"The rollup counts fewer {things} than the source holds: an hour was lost, or cut short.",
                families=(family,),
            ),
            warning(
                f"{what}_known_to_source",
                none_of("surplus"),
                f"The rollup counts more {things} than the source holds: deleted there since, or counted twice.",
            ),
        ),
    )


# One for each view: where one view is gone, the others are still compared.
MESSAGES = as_in_source("hour_messages", "delivery", "sent", "messages")
GENERATIONS = as_in_source("hour_generations", "generation", "written", "texts")
ENGAGEMENT = as_in_source("hour_engagement", "engagement", "opt_outs", "opt-outs")
