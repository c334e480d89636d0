"""Which hour a run is about, and whether it may page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from airflow.sdk.api.datamodels._generated import DagRunType

from sms_monitoring.runs import FRESHNESS_LIMIT, is_history, run_window
from sms_monitoring.tasks import parse_range
from sms_monitoring.timeframe import HOUR, Window, floor_hour
from tests.product import at

NOW = at("11:01")


def context(run_type="scheduled", **values):
    """With the enumeration that tasks are handed, whose str() is not its value."""
    return {"dag_run": SimpleNamespace(run_type=DagRunType(run_type)), **values}


def test_a_scheduled_run_is_about_its_data_interval():
    found = run_window(context(data_interval_start=at("10:00"), data_interval_end=at("11:00")))
    assert found == Window(at("10:00"), at("11:00"))


@pytest.mark.parametrize("interval", [{}, {"data_interval_start": at("10:20"), "data_interval_end": at("10:20")}])
def test_a_run_without_an_interval_is_about_the_newest_complete_hour(interval):
    found = run_window(context("manual", **interval))
    assert found.end in (floor_hour(datetime.now(UTC)), floor_hour(datetime.now(UTC) - timedelta(minutes=1)))
    assert found.end - found.start == HOUR


@pytest.mark.parametrize(
    ("run_type", "window_end", "history"),
    [
        ("scheduled", at("11:00"), False),
        ("manual", at("11:00"), False),
        ("scheduled", NOW - FRESHNESS_LIMIT, False),
        ("scheduled", at("08:00"), True),
        ("manual", at("2026-03-09 11:00"), True),
        ("backfill", at("11:00"), True),
    ],
)
def test_backfills_and_old_hours_are_history(run_type, window_end, history):
    assert is_history(context(run_type), window_end, NOW) is history


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("last week", "2026-03-10T00:00:00Z", "start is 'last week', not a time like"),
        ("2026-03-10T00:00:00Z", "", "end is '', not a time like"),
        ("2026-03-10T00:00:00Z", "2026-03-09T00:00:00Z", "before it begins"),
        ("2026-03-10T00:00:00Z", "2926-03-09T00:00:00Z", "lies in the future; the newest hour is"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused_by_name(start, end, message):
    with pytest.raises(ValueError, match=message):
        parse_range(start, end)


def test_a_range_takes_whole_hours_and_any_zone():
    assert parse_range("2026-03-10T09:10:00", "2026-03-10T12:30:00+01:00") == Window(at("09:00"), at("12:00"))


def test_a_window_that_is_not_over_is_refused():
    soon = floor_hour(datetime.now(UTC)) + HOUR
    with pytest.raises(ValueError, match="is not over yet"):
        run_window(context("manual", data_interval_start=soon - HOUR, data_interval_end=soon))
