"""What is checked, as code: one module for each set of rows, its SQL beside the rest under ``include/sql/quality``.

Importing a suite's module imports Great Expectations (seconds); importing this package does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sms_monitoring.quality.model import Suite


def gate_suites() -> tuple[Suite, ...]:
    """The checks of the hour just written: cheap, and about that hour only."""
    from sms_monitoring.quality.suites.hour import (
        DIMENSIONS,
        ENGAGEMENT,
        FAMILIES,
        GENERATIONS,
        MESSAGES,
        METRIC_TYPES,
    )

    return (METRIC_TYPES, DIMENSIONS, FAMILIES, MESSAGES, GENERATIONS, ENGAGEMENT)


def full_suites() -> tuple[Suite, ...]:
    """All checks of the daily run, over its window."""
    from sms_monitoring.quality.suites.alerting import SILENCES, THRESHOLDS
    from sms_monitoring.quality.suites.alerts import EVALUATIONS, INCIDENTS, NOTIFICATIONS, STATE
    from sms_monitoring.quality.suites.coverage import AGGREGATED_HOURS, VOLUME
    from sms_monitoring.quality.suites.days import BY_DAY, DAILY_VIEW
    from sms_monitoring.quality.suites.metrics import RAW, ROLLUP, TYPES
    from sms_monitoring.quality.suites.schema import COLUMNS, INDEXES, PARTITIONS
    from sms_monitoring.quality.suites.sources import ENGAGEMENT, GENERATIONS, MESSAGES

    return (
        COLUMNS,
        INDEXES,
        PARTITIONS,
        TYPES,
        RAW,
        ROLLUP,
        BY_DAY,
        DAILY_VIEW,
        AGGREGATED_HOURS,
        VOLUME,
        MESSAGES,
        GENERATIONS,
        ENGAGEMENT,
        THRESHOLDS,
        SILENCES,
        STATE,
        EVALUATIONS,
        INCIDENTS,
        NOTIFICATIONS,
    )
