"""The real clients against the receivers, reached as the bundle reaches the real services."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

import pagerduty
import pytest
from airflow.providers.common.compat.sdk import AirflowException, BaseHook
from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook
from airflow.providers.smtp.hooks.smtp import SmtpHook

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.local.receivers import Receivers

HEADER = {"type": "header", "text": {"type": "plain_text", "text": "Opt-out rate above 10 %"}}


class EventsClient(pagerduty.EventsApiV2Client):
    """The real client but for one thing: it would take no base URL without https."""

    url = property(lambda self: self._url, lambda self, url: setattr(self, "_url", url))


@pytest.fixture
def slack(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SlackWebhookHook]:
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_TEST", receivers.slack_connection_uri)
    return lambda **options: SlackWebhookHook(slack_webhook_conn_id="slack_test", **options)


@pytest.fixture
def events(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> pagerduty.EventsApiV2Client:
    monkeypatch.setenv("AIRFLOW_CONN_PAGERDUTY_TEST", receivers.pagerduty_connection_uri)
    connection = BaseHook.get_connection("pagerduty_test")
    assert connection.conn_type == "pagerduty_events"
    client = EventsClient(connection.password, base_url=connection.host)
    client.sleep_timer = 0
    return client


@pytest.fixture
def smtp(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> SmtpHook:
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_TEST", receivers.smtp_connection_uri)
    return SmtpHook(smtp_conn_id="smtp_test")


def test_slack_hook_delivers_blocks(receivers: Receivers, slack: Callable[..., SlackWebhookHook]) -> None:
    slack().send(text="Opt-out rate above 10 %", blocks=[HEADER])
    (record,) = receivers.received("slack")
    assert record["accepted"]
    assert record["content"] == {"text": "Opt-out rate above 10 %", "blocks": [HEADER]}


def test_slack_hook_is_told_why_a_message_is_refused(
    receivers: Receivers, slack: Callable[..., SlackWebhookHook]
) -> None:
    with pytest.raises(AirflowException, match="'invalid_blocks', Status Code: 400"):
        slack().send(text="x", blocks=[HEADER] * 51)
    assert "blocks holds 51 blocks" in receivers.received("slack")[0]["reason"]


@pytest.mark.parametrize(
    ("replace", "by", "answer"),
    [("XXXX", "YYYY", "'invalid_token', Status Code: 403"), ("B0000", "B1111", "'no_service', Status Code: 404")],
)
def test_slack_hook_with_a_wrong_webhook(
    receivers: Receivers, monkeypatch: pytest.MonkeyPatch, replace: str, by: str, answer: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_WRONG", receivers.slack_connection_uri.replace(replace, by))
    with pytest.raises(AirflowException, match=answer):
        SlackWebhookHook(slack_webhook_conn_id="slack_wrong").send_text("x")


def test_slack_hook_sees_retry_after(receivers: Receivers, slack: Callable[..., SlackWebhookHook]) -> None:
    receivers.fail("slack", status=429, retry_after=30, times=1)
    answer = slack().client.send(text="x")
    assert (answer.status_code, answer.headers["retry-after"], answer.body) == (429, "30", "rate_limited")


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [({"stall": 60}, False), ({"hang": 60}, True), ({"drop": True}, True), ({"refuse": True}, False)],
)
def test_slack_hook_gets_no_answer(
    receivers: Receivers, slack: Callable[..., SlackWebhookHook], fault: dict[str, Any], accepted: bool
) -> None:
    receivers.fail("slack", **fault)
    with pytest.raises((URLError, OSError)):
        slack(timeout=1, retry_handlers=[]).send_text("x")
    assert [record["accepted"] for record in receivers.received("slack")] == [accepted]


def test_pagerduty_client_opens_folds_and_resolves(receivers: Receivers, events: pagerduty.EventsApiV2Client) -> None:
    for rate in (71, 68):
        assert (
            events.trigger(f"Delivery {rate} %", "sms", dedup_key="delivery", custom_details={"rate": rate})
            == "delivery"
        )
    (incident,) = receivers.incidents()
    assert (incident["status"], incident["trigger_events"], incident["severity"]) == ("triggered", 2, "critical")
    assert incident["custom_details"] == {"rate": 68}
    events.acknowledge("delivery")
    assert receivers.incidents()[0]["status"] == "acknowledged"
    events.resolve("delivery")
    assert receivers.incidents()[0]["status"] == "resolved"
    assert [r["content"]["event_action"] for r in receivers.received("pagerduty")] == [
        "trigger",
        "trigger",
        "acknowledge",
        "resolve",
    ]


def test_pagerduty_client_resolves_what_nobody_opened(
    receivers: Receivers, events: pagerduty.EventsApiV2Client
) -> None:
    assert events.resolve("nobody") == "nobody"
    (record,) = receivers.received("pagerduty")
    assert record["accepted"]
    assert record["warnings"] == ["resolve for a dedup_key without an open incident: accepted, no effect"]


def test_pagerduty_client_is_told_why_an_event_is_refused(
    receivers: Receivers, events: pagerduty.EventsApiV2Client
) -> None:
    with pytest.raises(pagerduty.HttpError) as refused:
        events.trigger("x" * 1025, "sms", dedup_key="k")
    assert refused.value.response.status_code == 400
    assert refused.value.response.json()["errors"] == ["'summary' is too long (maximum is 1024 characters)"]


def test_pagerduty_client_with_a_wrong_key(receivers: Receivers) -> None:
    with pytest.raises(pagerduty.HttpError) as refused:
        EventsClient("f" * 32, base_url=receivers.url).trigger("s", "sms")
    assert refused.value.response.json()["message"] == "Invalid routing key"
    assert "ffff" * 8 not in str(receivers.received("pagerduty"))


def test_pagerduty_client_waits_out_a_rate_limit(receivers: Receivers, events: pagerduty.EventsApiV2Client) -> None:
    receivers.fail("pagerduty", status=429, times=2)
    events.trigger("s", "sms", dedup_key="k")
    assert [record["status"] for record in receivers.received("pagerduty")] == [429, 429, 202]
    assert receivers.incidents()[0]["trigger_events"] == 1


def test_pagerduty_client_sends_again_when_the_answer_is_lost(
    receivers: Receivers, events: pagerduty.EventsApiV2Client
) -> None:
    receivers.fail("pagerduty", drop=True, times=1)
    events.trigger("s", "sms", dedup_key="k")
    (incident,) = receivers.incidents()
    assert incident["trigger_events"] == 2


def test_smtp_hook_delivers(receivers: Receivers, smtp: SmtpHook) -> None:
    with smtp as hook:
        hook.send_email_smtp(to=["a@example.com"], cc="b@example.com", subject="Übersicht", html_content="<p>Grün</p>")
    (record,) = receivers.received("email")
    mail = record["content"]
    assert (mail["subject"], mail["html"], mail["text"]) == ("Übersicht", "<p>Grün</p>", None)
    assert (mail["from"], mail["to"], mail["cc"]) == (
        "sms-monitoring@example.com",
        ["a@example.com"],
        ["b@example.com"],
    )
    assert mail["envelope_to"] == ["a@example.com", "b@example.com"]
    assert record["warnings"] == ["there is no plain-text part beside the HTML"]


@pytest.mark.parametrize("status", [451, 550])
def test_smtp_hook_is_told_of_a_refusal(receivers: Receivers, smtp: SmtpHook, status: int) -> None:
    receivers.fail("email", status=status)
    with smtp as hook, pytest.raises(smtplib.SMTPDataError) as refused:
        hook.send_email_smtp(to="a@example.com", subject="x", html_content="x")
    assert refused.value.smtp_code == status
    assert receivers.received("email", accepted=True) == []


def test_smtp_hook_finds_no_server(receivers: Receivers, smtp: SmtpHook) -> None:
    receivers.fail("email", refuse=True)
    with pytest.raises(AirflowException, match="Unable to connect to smtp server"):
        smtp.get_conn()
