"""The metrics: per user and hour, and their rollup."""

from __future__ import annotations

from sms_monitoring.quality.model import Suite
from sms_monitoring.quality.suites.build import between, critical, filled, holds, no_rows, none_of, one_of, warning
from sms_monitoring.quality.suites.words import DIMENSIONS, METRIC_TYPES

TYPES = Suite(
    name="sms_metric_types",
    rows="sms_metric_types",
    checks=(
        critical(
            "shipped_types_unchanged",
            holds("definition", METRIC_TYPES),
            "A metric type that changes its kind or unit, or is gone, changes the meaning of all its history.",
        ),
    ),
)

RAW = Suite(
    name="sms_metrics",
    rows="sms_metrics",
    checks=(
        critical("metric_types_known", filled("kind"), "Of an unknown metric type nobody knows what its numbers mean."),
        critical("metric_type_filled", filled("metric_type"), "A value of no metric type is in no sum."),
        critical("no_nulls", none_of("missing_values"), "A row without an hour or a value is lost to every sum."),
        critical(
            "values_not_negative", between("lowest_value", 0, None), "Counts, costs and times are never below zero."
        ),
        critical(
            "values_sensible",
            between("highest_value", None, 1e12),
            "One value beyond all sense, or one that is no number, spoils every sum and average that holds it.",
        ),
        critical("samples_not_empty", between("smallest_sample", 1, None), "An average over no observations is none."),
        critical(
            "counts_whole",
            none_of("hours_with_fractions"),
            "There is no half message: a fraction is another column's value.",
        ),
        warning(
            "user_ids_not_empty", none_of("nameless_users"), "The system itself is null; an empty user is a mistake."
        ),
        critical(
            "hours_whole", none_of("off_the_hour"), "What lies between two hours belongs to none and is not found."
        ),
        critical(
            "hours_in_their_date", none_of("misdated"), "A row in the partition of another day is found by nobody."
        ),
        critical(
            "no_future_hours", none_of("in_the_future"), "What has not happened yet was not measured: a clock is wrong."
        ),
        critical("keys_unique", no_rows("raw_keys_unique"), "A user's hour that stands twice is counted twice."),
    ),
)

ROLLUP = Suite(
    name="sms_metrics_hourly",
    rows="sms_metrics_hourly",
    checks=(
        critical("metric_types_known", filled("kind"), "Of an unknown metric type nobody knows what its numbers mean."),
        critical("no_nulls", none_of("missing_values"), "A row without an hour or a sum is lost to every reader."),
        critical("values_not_negative", none_of("negative_values"), "Counts, costs and times are never below zero."),
        critical(
            "values_sensible", none_of("senseless_values"), "A sum beyond all sense, or no number, is no measurement."
        ),
        critical("samples_not_empty", none_of("empty_samples"), "An average over no observations is none."),
        warning("dimensions_known", one_of("dimension", *DIMENSIONS), "Nothing reads a dimension that is not known."),
        critical(
            "dimension_values_fit",
            none_of("mislabelled"),
            "The whole has no value of a dimension, each part has one: otherwise parts are taken for the whole.",
        ),
        critical(
            "histograms_on_durations",
            none_of("misplaced_histograms"),
            "Percentiles come from histograms: a duration without one has none, and a count has none to give.",
        ),
        critical(
            "hours_whole", none_of("off_the_hour"), "What lies between two hours belongs to none and is not found."
        ),
        critical(
            "hours_in_their_date", none_of("misdated"), "A row under another day's date is in the wrong day's sum."
        ),
        critical(
            "no_future_hours", none_of("in_the_future"), "What has not happened yet was not measured: a clock is wrong."
        ),
        critical("keys_unique", no_rows("rollup_keys_unique"), "An hour that stands twice is counted twice."),
        critical(
            "rollup_equals_raw",
            no_rows("rollup_equals_raw"),
            "The rollup that alerts, API and digest read is not the sum of the users' rows.",
        ),
        critical(
            "delivered_at_most_sent",
            no_rows("rollup_delivered_at_most_sent"),
            "Deliveries are counted in the hour of the send: a rate above 100 % is a wrong rate.",
            families=("delivery",),
        ),
        critical(
            "dimensions_within_all",
            no_rows("dimensions_within_all"),
            "The parts (by carrier, by campaign) add up to more than the whole.",
        ),
        critical(
            "histograms_agree",
            no_rows("histograms_agree"),
            "A histogram that does not hold what was counted and summed gives wrong percentiles.",
        ),
    ),
)
