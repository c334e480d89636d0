"""What all DAGs of the bundle have in common. Read while DAGs are parsed, so: environment variables only.

===================================  ======================================================================
``SMS_MONITORING_START_DATE``        first hour of ``sms_hourly_monitoring``, ISO 8601 with a zone; Airflow
                                     then catches up from there. Unset: only hours that end after it is unpaused.
``SMS_MONITORING_TIMEZONE``          IANA zone of the digest's day and hour (default UTC)
``SMS_MONITORING_POOL``              Airflow pool of all tasks (default ``default_pool``)
``SMS_MONITORING_DEADLINE_MINUTES``  when an hourly run that is not done is told of (default 30)
``SMS_MONITORING_WATCHDOG_CRON``     when ``sms_watchdog`` runs (default every ten minutes)
===================================  ======================================================================
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sms_monitoring.callbacks import report_failure, report_success
from sms_monitoring.links import CATALOGUE, DASHBOARD, DATA_DOCS

OWNER = "sms-monitoring"
TAGS = ["sms", "monitoring"]
# Before any run; without SMS_MONITORING_START_DATE nothing catches up from it.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

# Stands under every DAG's documentation in the Airflow UI, which resolves it against its own address.
CATALOGUE_FOOTER = (
    f"\n[Dashboard]({DASHBOARD}) · [Data Docs]({DATA_DOCS}) · [Catalogue of all DAGs and alerts]({CATALOGUE})\n"
)


def start_date() -> datetime:
    """Where the hourly DAG begins.

    :raises ValueError: when SMS_MONITORING_START_DATE is no ISO time with a zone.
    """
    configured = os.environ.get("SMS_MONITORING_START_DATE")
    if not configured:
        return EPOCH
    try:
        moment = datetime.fromisoformat(configured)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(
            f"SMS_MONITORING_START_DATE is {configured!r}, not a time with a zone like 2026-11-01T00:00:00+00:00"
        )
    return moment


def catches_up() -> bool:
    """Whether missed hours get runs of their own: as soon as somebody said from when."""
    return bool(os.environ.get("SMS_MONITORING_START_DATE"))


def timezone() -> ZoneInfo:
    """The zone in which a day of the digest is a day.

    :raises ValueError: when SMS_MONITORING_TIMEZONE is no IANA zone.
    """
    name = os.environ.get("SMS_MONITORING_TIMEZONE") or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"SMS_MONITORING_TIMEZONE is {name!r}, not an IANA time zone like Europe/Berlin") from error


def default_args() -> dict[str, Any]:
    """Task defaults: every task here is safe to run again, so every task is retried."""
    return {
        "owner": OWNER,
        "retries": 2,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=15),
        "pool": os.environ.get("SMS_MONITORING_POOL") or "default_pool",
    }


def dag_args(*, doc: str | None, timeout: timedelta, tags: list[str] | None = None) -> dict[str, Any]:
    """DAG arguments that every DAG file passes: documentation, tags, timeout, what to say when a run has ended."""
    return {
        "doc_md": f"{doc or ''}{CATALOGUE_FOOTER}",
        "default_args": default_args(),
        "tags": TAGS + (tags or []),
        "dagrun_timeout": timeout,
        "on_failure_callback": report_failure,
        "on_success_callback": report_success,
    }
