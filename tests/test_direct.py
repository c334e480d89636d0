"""Past the outbox: what becomes of a message where a channel never comes to an end."""

from __future__ import annotations

import pytest

from sms_monitoring import direct
from sms_monitoring.local.receivers import Receivers
from sms_monitoring.local.receivers.connections import pagerduty_connection, slack_connection
from tests.hooks.dripping import dripping
from tests.notify.samples import TRIGGER


@pytest.fixture
def receivers(monkeypatch):
    with Receivers() as running:
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", running.slack_connection_uri)
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY", running.pagerduty_connection_uri)
        yield running


def test_a_channel_that_drips_holds_the_next_one_up_no_longer_than_its_time(receivers, monkeypatch):
    # Once before, with all the time that the first imports take.
    direct.tell(TRIGGER, ["pagerduty", "slack"])
    receivers.clear()
    with dripping() as port:
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY", pagerduty_connection(f"http://127.0.0.1:{port}"))
        told = direct.tell(TRIGGER, ["pagerduty"], fallback="slack", patience=1)
    assert told == {"pagerduty": "no answer within 1 s", "slack": "delivered"}
    assert len(receivers.received("slack", accepted=True)) == 1


def test_where_every_channel_drips_each_is_given_up(monkeypatch):
    with dripping() as port:
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", slack_connection(f"http://127.0.0.1:{port}"))
        assert direct.tell(TRIGGER, ["slack"], patience=0.3) == {"slack": "no answer within 0.3 s"}
