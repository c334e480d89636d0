"""The alert types of the watchdog. Light to import: DAG files, API and catalogue read them.

Each has its SELECT in ``include/sql/alerts``, its row in ``sms_alert_thresholds`` and a page in ``runbooks``. They read
no metric family: an hour that was not aggregated must not blind the alert that says so. Their entities never vanish: a
thing that is well has a row of its own with a good value, or its incident would never end.
"""

from __future__ import annotations

from datetime import timedelta

from sms_monitoring.alerts.model import AlertType, Measure


def _watch(name: str, title: str, unit: str) -> AlertType:
    return AlertType(name=name, title=title, measure=Measure.VALUE, unit=unit, length=timedelta(hours=1), families=())


# In the order in which they are evaluated. A wrong clock explains much of the rest, so it goes first; of two incidents
# that begin in one pass the earlier may hold back the later, so causes come before effects; and whether any alert was
# left out is asked last, when the watchdog's own have just been evaluated.
WATCHES: tuple[AlertType, ...] = (
    _watch("clock_skew", "The clocks of worker and database differ", "s"),
    _watch("dag_paused", "A DAG is paused", ""),
    _watch("dag_failing", "A DAG keeps failing", "runs"),
    _watch("aggregation_late", "Aggregation is late", "min"),
    _watch("view_refresh_late", "The daily view is not refreshed", "min"),
    _watch("source_silent", "A source has gone silent", "facts"),
    _watch("outbox_stuck", "Notifications are stuck", "min"),
    _watch("outbox_failing", "Notifications keep failing", "notifications"),
    _watch("dead_letters_growing", "Notifications are given up", "notifications"),
    _watch("partitions_missing", "Partitions are not made ahead", "days"),
    _watch("quality_checks_late", "Data quality checks are late", "h"),
    _watch("evaluations_missing", "An alert is not evaluated", "min"),
)

# Of these the entity is a notification channel, which is then not the only way to say so.
ABOUT_CHANNELS = ("outbox_stuck", "outbox_failing", "dead_letters_growing")
