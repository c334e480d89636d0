"""The mail with its table and its chart, as a mail server takes it."""

from __future__ import annotations

import base64

import pytest

from sms_monitoring.digest.mail import DigestSendError
from sms_monitoring.local.receivers import Receivers
from sms_monitoring.notify.channels.base import ConfigurationError
from sms_monitoring.replay import mail
from sms_monitoring.replay.model import ReplayError

SMTP_CONNECTION = "AIRFLOW_CONN_SMS_MONITORING_SMTP"


@pytest.fixture(scope="module")
def running_receivers():
    with Receivers() as running:
        yield running


@pytest.fixture
def mail_server(running_receivers, monkeypatch):
    running_receivers.recover()
    running_receivers.clear()
    monkeypatch.setenv(SMTP_CONNECTION, running_receivers.smtp_connection_uri)
    return running_receivers


@pytest.fixture
def result(live, replayed):
    live.run("97/300x24 40/300x3 97/300x10 84/300x2 97/300x9")
    return replayed(threshold_value=80)


def test_it_has_the_table_in_both_parts_and_the_chart(result, mail_server):
    assert mail.send(result, ("ann@example.com", "bob@example.com"), replay_id=7) is None

    [arrived] = mail_server.received("email")
    content = arrived["content"]
    assert content["envelope_to"] == content["to"] == ["ann@example.com", "bob@example.com"]
    assert content["subject"] == "Threshold replay: delivery_rate_critical < 80 %"
    for part in ("html", "text"):
        assert "Fires 1 time, instead of 2; catches 1 of 2 known incidents; 2 messages." in content[part]
        assert "2026-03-11 09:00" in content[part]
        assert "same hour" in content[part]
    [image] = content["inline"]
    assert f"cid:{image['cid']}" in content["html"]
    assert base64.b64decode(image["data"]).startswith(b"\x89PNG")
    assert arrived["warnings"] == []


def test_another_try_carries_the_same_message_id(result):
    first, again, other = (
        mail.mail_of(result, ("ann@example.com",), sender="sms@example.com", replay_id=number)["Message-ID"]
        for number in (7, 7, 8)
    )
    assert first == again != other


def test_nobody_is_told_of_an_empty_field():
    assert [mail.recipients_of(field) for field in (None, "", "  ")] == [(), (), ()]
    assert mail.recipients_of("Bob@Example.com; ann@example.com") == ("ann@example.com", "bob@example.com")


@pytest.mark.parametrize(
    "field", ["ann", "ann@example.com\r\nBcc: eve@example.com", "ann@example.com\nSubject: x", "Ann <ann@example.com>"]
)
def test_what_is_no_address_is_refused_and_injects_nothing(field):
    with pytest.raises(ReplayError, match="email_to: malformed e-mail address"):
        mail.recipients_of(field)


def test_without_a_connection_it_says_how_to_set_one(result, monkeypatch):
    monkeypatch.delenv(SMTP_CONNECTION, raising=False)
    with pytest.raises(ConfigurationError, match="airflow connections add sms_monitoring_smtp"):
        mail.send(result, ("ann@example.com",), replay_id=7)


def test_a_server_that_refuses_is_an_error_that_names_the_replay(result, mail_server):
    mail_server.fail("email", status=550)
    with pytest.raises(DigestSendError, match="did not take the replay"):
        mail.send(result, ("ann@example.com",), replay_id=7)


def test_what_the_data_says_is_escaped(live_carriers, replayed):
    live_carriers.run({"<script>alert(1)</script>": "97/300x6 40/300x2 97/300x4", "AT&T": "97/300x12"})
    html = mail.render(replayed()).html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
