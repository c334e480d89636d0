"""Whether every hour is there, and holds about what it usually holds."""

from __future__ import annotations

from sms_monitoring.quality.model import Suite
from sms_monitoring.quality.suites.build import SOURCE_OWNER, between, critical, filled, none_of, one_of, warning
from sms_monitoring.quality.suites.hour import FAMILY_NAMES

AGGREGATED_HOURS = Suite(
    name="sms_aggregated_hours",
    rows="sms_aggregated_hours",
    checks=(
        warning("families_known", one_of("family", *FAMILY_NAMES), "Nothing aggregates a family that is not known."),
        critical(
            "every_family_aggregated", filled("newest_hour"), "A family without a single hour was never aggregated."
        ),
        critical(
            "no_missing_hours", none_of("hours_missing"), "An hour that was never aggregated looks like no traffic."
        ),
        critical("fresh", between("hours_behind", None, 4), "The newest hours are missing: alerts judge nothing."),
        critical(
            "no_future_hours", none_of("hours_ahead"), "An hour that is still to come was aggregated: a clock is wrong."
        ),
        critical(
            "hours_not_cut_short",
            none_of("hours_cut_short"),
            "An hour aggregated before it was over holds a part of its messages.",
        ),
        warning(
            "changes_worked_off",
            between("longest_wait_hours", None, 3),
            "Hours that changed wait to be recomputed: late receipts are not counted.",
        ),
        critical(
            "watermarks_not_ahead",
            between("watermark_seconds_ahead", 0, 300),
            "The search for changes begins in the future: what changes until then is never noticed.",
        ),
    ),
)

VOLUME = Suite(
    name="volume",
    rows="volume",
    checks=(
        warning(
            "sent_as_usual",
            between("sent_ratio", 0.2, 5),
            "Far fewer or more messages than in the same hour of past weeks: the source may be incomplete, or doubled.",
            owner=SOURCE_OWNER,
        ),
        warning(
            "written_as_usual",
            between("written_ratio", 0.2, 5),
            "Far fewer or more texts than in the same hour of past weeks: the source may be incomplete, or doubled.",
            owner=SOURCE_OWNER,
        ),
    ),
)
