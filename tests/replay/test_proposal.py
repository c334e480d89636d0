"""The thresholds table itself says what may be proposed, and stays as it is."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.alerts import store
from sms_monitoring.alerts.store import ThresholdMissingError
from sms_monitoring.replay.model import ReplayError
from sms_monitoring.replay.proposal import propose

DELIVERY = "delivery_rate_critical"


def test_the_proposed_threshold_is_the_row_as_it_would_be(db):
    proposed = propose(
        db,
        DELIVERY,
        {"threshold_value": 85.5, "pending_evaluations": 2, "cooldown_minutes": 90, "additional_channels": ["slack"]},
    )
    assert proposed.threshold_value == Decimal("85.5")
    assert proposed.pending_evaluations == 2
    assert proposed.cooldown == timedelta(minutes=90)
    assert proposed.channels == ("pagerduty", "slack")
    assert proposed.minimum_sample == 30, "the rest is as it is"


def test_the_table_and_its_audit_stay_as_they_are(db):
    before = store.load_threshold(db, DELIVERY)
    propose(db, DELIVERY, {"threshold_value": 85})
    assert store.load_threshold(db, DELIVERY) == before
    assert db.execute("SELECT count(*) FROM sms_alert_audit WHERE action = 'edit_threshold'").fetchone() == (0,)


def test_without_changes_it_is_the_threshold_as_it_is(db):
    assert propose(db, DELIVERY, {}) == store.load_threshold(db, DELIVERY)
    assert propose(db, DELIVERY, {"threshold_value": 90}) == store.load_threshold(db, DELIVERY)


def test_a_number_may_come_as_text(db):
    assert propose(db, DELIVERY, {"threshold_value": "85"}).threshold_value == 85


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"threshold_value": float("nan")}, "threshold_value is nan, not a number"),
        ({"threshold_value": float("inf")}, "threshold_value is inf, not a number"),
        ({"threshold_value": "NaN"}, "refuses threshold_value = 'NaN'.* demands CHECK .*threshold_value"),
        ({"threshold_value": "high"}, 'threshold_value: invalid input syntax for type numeric: "high"'),
        ({"threshold_value": None}, 'null value in column "threshold_value"'),
        ({"pending_evaluations": 0}, "demands CHECK .pending_evaluations >= 1"),
        ({"pending_evaluations": 10**12}, "pending_evaluations: .*out of range"),
        ({"recovery_threshold": 80}, "demands CHECK .*recovery_threshold >= threshold_value"),
        ({"no_data_policy": "panic"}, "demands CHECK .*no_data_policy"),
        ({"escalation_channel": "email"}, "demands CHECK .*escalate_after_minutes"),
        ({"notification_channel": "pigeon"}, "notification_channel.*pigeon"),
        ({"additional_channels": ["pigeon"]}, "additional_channels .* names no channel: 'pigeon'"),
        (
            {"sensitivity": 3},
            "'sensitivity' of a threshold cannot be edited. What can be: threshold_value, comparison_",
        ),
        ({"alert_type": "other"}, "'alert_type' of a threshold cannot be edited. What can be: threshold_value, "),
    ],
)
def test_what_the_table_refuses_cannot_be_proposed(db, changes, message):
    with pytest.raises(ReplayError) as refused:
        propose(db, DELIVERY, changes)
    assert re.search(message, str(refused.value)), refused.value


def test_an_alert_type_without_a_threshold_says_so(db):
    db.execute("DELETE FROM sms_alert_thresholds WHERE alert_type = %s", (DELIVERY,))
    for changes in ({}, {"threshold_value": 85}):
        with pytest.raises(ThresholdMissingError, match="no row in sms_alert_thresholds"):
            propose(db, DELIVERY, changes)


def test_one_who_edits_it_at_this_moment_is_not_waited_for_for_ever(db, database_uri, change_sql):
    change_sql("replay/wait_briefly.sql", "10s", "10ms")
    with sms_db.connect(database_uri) as other, other.transaction():
        other.execute("UPDATE sms_alert_thresholds SET owner = 'ann'")
        with pytest.raises(ReplayError, match="is being changed in another transaction; try again"):
            propose(db, DELIVERY, {"threshold_value": 85})
