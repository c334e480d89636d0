"""What cannot be replayed is refused early, by name, with what to do."""

from __future__ import annotations

import pytest

from sms_monitoring.operators.delivery_rate import DeliveryRateAlertOperator
from sms_monitoring.operators.opt_out_rate import OptOutRateAlertOperator
from sms_monitoring.replay.model import ReplayError
from sms_monitoring.replay.request import History, choose_range, find_alert, merge_changes, read_history
from sms_monitoring.timeframe import Window
from tests.product import at

ALERT = DeliveryRateAlertOperator.alert
NOW = at("14:25")
HISTORY = History(at("2026-01-01 00:00"), at("13:00"), at("2025-12-01 00:00"))


def test_an_unknown_alert_type_names_those_that_exist():
    with pytest.raises(ReplayError, match="no alert type 'delivery_rate'; there are: delivery_rate_critical"):
        find_alert("delivery_rate", [ALERT])
    assert find_alert(ALERT.name, [ALERT]) is ALERT


@pytest.mark.parametrize(
    ("value", "changes", "expected"),
    [
        (None, None, {}),
        (85, None, {"threshold_value": 85}),
        (0, {}, {"threshold_value": 0}),
        (85, {"pending_evaluations": 2}, {"threshold_value": 85, "pending_evaluations": 2}),
        (None, {"threshold_value": 85}, {"threshold_value": 85}),
    ],
)
def test_the_threshold_value_is_one_of_the_changes(value, changes, expected):
    assert merge_changes(value, changes) == expected


@pytest.mark.parametrize(
    ("value", "changes", "message"),
    [
        (True, {}, "threshold_value is True, not a number"),
        ("", {}, "threshold_value is '', not a number"),
        (85, {"threshold_value": 80}, "given twice"),
        (None, ["pending_evaluations"], "changes is .* not an object"),
        (None, "pending_evaluations=2", "changes is .* not an object"),
    ],
)
def test_changes_that_are_none(value, changes, message):
    with pytest.raises(ReplayError, match=message):
        merge_changes(value, changes)


@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        (None, None, ("2026-02-08 14:00", "2026-03-10 14:00")),
        ("2026-03-01", None, ("2026-03-01 00:00", "2026-03-10 14:00")),
        ("2026-03-01T10:30:00+02:00", "2026-03-02T00:00:00Z", ("2026-03-01 08:00", "2026-03-02 00:00")),
        (None, "2026-03-10T14:25:00Z", ("2026-02-08 14:00", "2026-03-10 14:00")),
        ("2025-12-20T00:00:00Z", "2026-01-05T00:00:00Z", ("2025-12-20 00:00", "2026-01-05 00:00")),
        (None, "2026-01-05T00:00:00Z", ("2026-01-01 00:00", "2026-01-05 00:00")),
        ("", "", ("2026-02-08 14:00", "2026-03-10 14:00")),
    ],
)
def test_the_range_is_whole_hours_and_by_default_the_last_thirty_days_of_history(start, end, window):
    assert choose_range(start, end, HISTORY, NOW) == Window(*map(at, window))


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("yesterday", None, "start is 'yesterday', not a time like"),
        (None, "2026-13-01", "end is '2026-13-01', not a time like"),
        (
            None,
            "2026-03-10T15:00:00Z",
            "end .* lies in the future; the newest complete hour ends at 2026-03-10 14:00 UTC",
        ),
        ("2026-03-10T14:05:00Z", None, "holds no whole hour"),
        ("2026-03-10", "2026-03-09", "holds no whole hour; end must be after start"),
        ("2024-01-01", "2026-03-01", "is 790 days long; at most 400"),
        (
            "2025-11-30",
            "2026-01-05",
            "start 2025-11-30 00:00 UTC is before 2025-12-01 00:00 UTC: retention has dropped",
        ),
        ("2025-12-02", "2025-12-20", "no hour .* was aggregated; there is history from 2026-01-01 00:00 UTC"),
    ],
)
def test_a_range_that_cannot_be_replayed(start, end, message):
    with pytest.raises(ReplayError, match=message):
        choose_range(start, end, HISTORY, NOW)


def test_without_any_history_it_says_how_to_make_some():
    with pytest.raises(
        ReplayError, match=r"no hour was aggregated yet\. Unpause sms_hourly_monitoring, or run sms_recompute_range"
    ):
        choose_range(None, None, History(None, None, None), NOW)


def test_history_is_what_all_families_of_the_alert_have_and_retention_has_left(db):
    assert read_history(db, ALERT) == History(None, None, None)
    db.execute(
        "INSERT INTO sms_aggregated_hours SELECT 'delivery', h"
        " FROM generate_series('2026-03-01 00:00+00'::timestamptz, '2026-03-02 00:00+00', '1 hour') AS h"
    )
    db.execute("UPDATE sms_retention_policies SET dropped_before = '2026-03-02' WHERE table_name = 'sms_metrics'")
    hours = at("2026-03-01 00:00"), at("2026-03-02 00:00")
    assert read_history(db, ALERT) == History(*hours, None), "it reads the rollup only, of which all is left"
    others = read_history(db, OptOutRateAlertOperator.alert)
    assert others.dropped_before == at("2026-03-02 00:00")
    assert others.first_hour is None, "it needs the family engagement too"
