"""The task of Airflow, on a real database and a real mail server."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException

from sms_monitoring.replay.operator import ReplayThresholdOperator
from tests.product import at

HOURS = "97/300x24 40/300x3 97/300x10 84/300x2 97/300x9"


@pytest.fixture
def run(live, database_uri, monkeypatch):
    """Runs the task with the fields of a form; the history is two days of March 2026."""
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", database_uri.replace("postgresql://", "postgres://"))
    live.run(HOURS)

    def run(**fields):
        params = {
            "alert_type": "delivery_rate_critical",
            "threshold_value": None,
            "changes": {},
            "start": live.start.isoformat(),
            "end": live.now.isoformat(),
            "email_to": None,
            **fields,
        }
        operator = ReplayThresholdOperator(task_id="replay")
        context = {
            "params": params,
            "dag_run": SimpleNamespace(run_id="manual__1", triggering_user_name="ann"),
        }
        return operator, operator.execute(context)

    return run


def test_the_answer_is_saved_logged_shown_and_returned(run, db, caplog):
    with caplog.at_level(logging.INFO):
        operator, returned = run(threshold_value=80)
    assert returned["headline"] == "Fires 1 time, instead of 2; catches 1 of 2 known incidents; 2 messages."
    assert returned["changes"] == {"threshold_value": 80}
    rows = db.execute("SELECT id, requested_by, run_id, alert_type FROM sms_threshold_replays").fetchall()
    assert rows == [(returned["replay_id"], "ann", "manual__1", "delivery_rate_critical")]
    assert returned["headline"] in operator.result
    # Beyond it the UI cuts a rendered field off.
    assert len(operator.result) < 4096
    assert operator.overwrite_rtif_after_execution
    assert "result" in operator.template_fields


def test_a_second_try_replaces_the_row(run, db):
    run(threshold_value=80)
    run(threshold_value=85)
    assert db.execute("SELECT changes FROM sms_threshold_replays").fetchall() == [({"threshold_value": 85},)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"alert_type": "delivery_rate"}, "no alert type 'delivery_rate'; there are: daily_limit_hit_warning"),
        ({"changes": {"sensitivity": 3}}, "'sensitivity' of a threshold cannot be edited"),
        ({"start": at("2026-03-20 00:00").isoformat()}, "holds no whole hour"),
        ({"end": "2100-01-01T00:00:00Z"}, "lies in the future"),
        ({"email_to": "ann"}, "email_to: malformed e-mail address 'ann'"),
    ],
)
def test_what_cannot_be_replayed_fails_at_once_and_is_not_tried_again(run, db, fields, message):
    with pytest.raises(AirflowFailException, match=message):
        run(**fields)
    assert db.execute("SELECT count(*) FROM sms_threshold_replays").fetchone() == (0,)
