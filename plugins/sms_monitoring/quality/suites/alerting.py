"""What people set: thresholds and silences."""

from __future__ import annotations

from sms_monitoring.quality.model import Suite
from sms_monitoring.quality.suites.build import (
    between,
    critical,
    filled,
    holds,
    never,
    no_rows,
    one_of,
    true,
    unique,
    warning,
)
from sms_monitoring.sqlfiles import list_sql

ALERT_TYPES = tuple(name.rsplit("/", 1)[1].removesuffix(".sql") for name in list_sql("alerts"))
"""Those that have a SELECT, and so need a threshold."""

THRESHOLDS = Suite(
    name="sms_alert_thresholds",
    rows="sms_alert_thresholds",
    checks=(
        critical(
            "every_alert_type_has_one",
            holds("alert_type", ALERT_TYPES),
            "Without its threshold an alert type is not judged.",
        ),
        critical("alert_types_unique", unique("alert_type"), "Which of two thresholds holds?"),
        critical("values_are_numbers", true("is_number"), "Nothing is ever past a threshold that is not a number."),
        critical(
            "shares_from_0_to_100", between("share", 0, 100), "A rate is never past a threshold beyond 0 to 100 %."
        ),
        critical(
            "operators_known",
            one_of("comparison_operator", "<", "<=", ">", ">="),
            "With another sign nothing is compared.",
        ),
        critical(
            "severities_known", one_of("severity", "info", "warning", "critical"), "Other severities page nobody."
        ),
        critical("channels_known", filled("known_channel"), "What goes to a channel that there is not reaches nobody."),
        critical(
            "other_channels_known",
            no_rows("threshold_channels_known"),
            "What is escalated to a channel that there is not reaches nobody.",
        ),
        critical("samples_positive", between("minimum_sample", 1, None), "A rate over nothing is no rate."),
        critical("confidences_sensible", between("confidence", 0.5, 0.9999), "No sample ever clears such a bound."),
        warning(
            "cooldowns_sensible",
            between("cooldown_minutes", 0, 10080),
            "Over a week nobody would hear of a new incident.",
        ),
        warning("critical_ones_enabled", never("is_critical_and_off"), "A critical alert is switched off."),
    ),
)

SILENCES = Suite(
    name="sms_alert_silences",
    rows="sms_alert_silences",
    checks=(
        critical(
            "silences_end", true("ends_or_recurs"), "A silence without an end is forgotten, and so is what it silences."
        ),
        warning(
            "nothing_silences_everything", never("silences_everything"), "While it holds nobody hears of anything."
        ),
        warning(
            "silences_are_short",
            between("days_long", None, 92),
            "A silence over three months long is a switched-off alert.",
        ),
    ),
)
