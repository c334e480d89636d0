"""The page: what a person sees, and that nothing received can run in it."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sms_monitoring.local.receivers.connections import HOURLY_CHECK, ROUTING_KEY, SLACK_SERVICE, SLACK_TOKEN
from tests.local.posts import HTTP, envelope, post, post_envelope

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers

EVIL = "<img src=x onerror=alert(1)>"


def get(receivers: Receivers, path: str = "/", **headers: str) -> httpx.Response:
    return HTTP.get(receivers.url + path, headers=headers)


def slack(receivers: Receivers, payload: dict[str, Any]) -> None:
    HTTP.post(f"{receivers.url}/services/{SLACK_SERVICE}/{SLACK_TOKEN}", json=payload)


def event(receivers: Receivers, action: str = "trigger", summary: str = "Delivery 71 %", **more: Any) -> None:
    payload = {"summary": summary, "source": "sms", "severity": "critical", "custom_details": {"rate": "71 %"}}
    body = {"routing_key": ROUTING_KEY, "event_action": action, "dedup_key": "k", "payload": payload, **more}
    HTTP.post(f"{receivers.url}/v2/enqueue", json=body)


def mail(receivers: Receivers, subject: str, html: str) -> int:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "sms@example.com", "ops@example.com"
    message.set_content("plain words")
    message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", receivers.smtp_port) as client:
        client.send_message(message)
    return int(receivers.received("email")[-1]["id"])


def test_says_so_when_nothing_arrived(receivers: Receivers) -> None:
    text = get(receivers).text
    for words in (
        "No message yet",
        "No incident",
        "Inbox empty",
        "No text message yet",
        "No call yet",
        "No sign of life",
    ):
        assert words in text


def test_shows_a_message_as_slack_does(receivers: Receivers) -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": ":warning: Opt-outs"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*13 %* of <https://example.com|users>"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Limit*\n10 %"}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Open"}}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "_hourly_"}]},
    ]
    slack(receivers, {"text": "fallback", "blocks": blocks})
    text = get(receivers, "/?view=slack").text
    for words in ("<h3>⚠️ Opt-outs</h3>", "<b>13 %</b> of <a", "<b>Limit</b><br>10 %", ">Open</span>", "<i>hourly</i>"):
        assert words in text


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "x", "blocks": [{"type": "rich_text", "elements": 5}]},
        {"text": "x", "attachments": [{"fields": "odd", "color": "red;background:url(x)", "text": 5}]},
        {"text": "x", "attachments": [{"fields": [{"value": "v"}], "blocks": [{"type": "divider"}]}]},
        {"text": "x", "blocks": [{"type": "actions", "elements": [{"type": "static_select"}]}]},
        {"text": ""},
    ],
)
def test_odd_payloads_do_not_break_the_page(receivers: Receivers, payload: dict[str, Any]) -> None:
    slack(receivers, payload)
    assert get(receivers).status_code == 200


def test_shows_an_incident_with_its_history(receivers: Receivers) -> None:
    event(receivers)
    event(receivers, summary="Delivery 68 %")
    event(receivers, "acknowledge")
    text = get(receivers, "/?view=pagerduty").text
    for words in ("Acknowledged", "Critical", "Delivery 71 %", "Triggered again", "Delivery 68 %", "2 triggers in one"):
        assert words in text


def test_shows_a_text_message_with_its_segments(receivers: Receivers) -> None:
    post(receivers, "sms", text="CRITICAL: delivery rate is low " * 6)
    text = get(receivers, "/?view=sms").text
    for words in ("<b>+15005550006</b> to <b>+12025550143</b>", "CRITICAL: delivery rate is low", "2 segments · GSM-7"):
        assert words in text


def test_shows_what_a_webhook_said_and_that_it_came_before(receivers: Receivers) -> None:
    post(receivers, "webhook", text="Opt-outs are many")
    post(receivers, "webhook", text="Opt-outs are many")
    text = get(receivers, "/?view=webhook").text
    for words in ("sms_monitoring.alerts", "<b>trigger</b> · info · Opt-outs are many", "2 calls"):
        assert words in text
    assert text.count("webhook-id msg_Opt-outs are many came before: a receiver drops it") == 1


def test_shows_events_that_had_no_effect(receivers: Receivers) -> None:
    event(receivers, "resolve")
    assert "without an open incident: accepted, no effect" in get(receivers).text


def test_equal_rejections_in_a_row_are_one_line(receivers: Receivers) -> None:
    receivers.fail("slack", status=503, times=12)
    for _ in range(12):
        slack(receivers, {"text": "x"})
    text = get(receivers, "/?view=slack").text
    assert text.count("fault on demand: answered 503") == 1
    assert "×12" in text


def test_shows_a_fault_that_is_on(receivers: Receivers) -> None:
    receivers.fail("pagerduty", status=500, times=3)
    assert "answers 500, 3 more times" in get(receivers).text


def test_opens_a_mail_in_a_frame_that_runs_nothing(receivers: Receivers) -> None:
    number = mail(receivers, "Digest", "<p>Delivery 95 %</p><script>alert(1)</script>")
    page = get(receivers, f"/?view=email&mail={number}").text
    assert f'<iframe src="mail/{number}" sandbox="allow-same-origin allow-popups"' in page
    framed = get(receivers, f"/mail/{number}")
    assert "Delivery 95 %" in framed.text
    policy = framed.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-same-origin allow-popups; default-src 'none'")
    assert "script" not in policy


def test_shows_the_plain_text_of_a_mail(receivers: Receivers) -> None:
    number = mail(receivers, "Digest", "<p>x</p>")
    assert '<pre class="plain">plain words' in get(receivers, f"/?view=email&mail={number}&part=text").text


@pytest.mark.parametrize("path", ["/?view=nonsense", "/?view=email&mail=99&part=nonsense", "/?view=email"])
def test_an_odd_address_still_shows_a_page(receivers: Receivers, path: str) -> None:
    assert get(receivers, path).status_code == 200


def test_a_mail_that_is_not_there(receivers: Receivers) -> None:
    assert get(receivers, "/mail/99").status_code == 404


def test_nothing_received_becomes_markup(receivers: Receivers) -> None:
    slack(receivers, {"text": EVIL, "attachments": [{"title": EVIL, "text": EVIL}]})
    slack(receivers, {"text": "", "username": EVIL})
    post(receivers, "sms", text=EVIL)
    post(receivers, "webhook", text=EVIL)
    event(receivers, summary=EVIL, links=[{"href": "javascript:alert(1)", "text": EVIL}])
    number = mail(receivers, EVIL, "<p>x</p>")
    for view in ("all", "slack", "pagerduty", "sms", "webhook", f"email&mail={number}"):
        answer = get(receivers, f"/?view={view}")
        assert "<img" not in answer.text
        assert 'href="javascript' not in answer.text
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_tells_whether_anything_changed(receivers: Receivers) -> None:
    tag = get(receivers).headers["ETag"]
    assert get(receivers, **{"If-None-Match": tag}).status_code == 304
    slack(receivers, {"text": "x"})
    assert get(receivers, **{"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("name", ["page.css", "page.js"])
def test_brings_its_own_style_and_script(receivers: Receivers, name: str) -> None:
    answer = get(receivers, f"/static/{name}")
    assert answer.status_code == 200
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def test_shows_signs_of_life(receivers: Receivers) -> None:
    post(receivers, "heartbeat", text=EVIL)
    HTTP.get(f"{receivers.url}/ping/{HOURLY_CHECK}/fail")
    text = get(receivers, "/?view=heartbeat").text
    assert EVIL not in text
    for words in ('class="ping success"', 'class="ping fail"', "sms-hourly-monitoring", "2 pings"):
        assert words in text


def test_shows_an_error_as_sentry_does(receivers: Receivers) -> None:
    frame = {"module": "sms_monitoring.tasks", "function": "deliver", "lineno": 7}
    error = {"type": "ValueError", "value": EVIL, "stacktrace": {"frames": [frame]}}
    tags = {"dag_id": "sms_hourly_monitoring", "task_id": "x"}
    post_envelope(receivers.url, envelope({"level": "error", "tags": tags, "exception": {"values": [error]}}))
    text = get(receivers, "/?view=sentry").text
    assert EVIL not in text
    for words in ("<h3>ValueError</h3>", "sms_monitoring.tasks in deliver, line 7", "task_id: x"):
        assert words in text


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"exception": {"values": []}},
        {"exception": [], "tags": []},
        {"exception": {"values": [{}]}},
        {"logentry": None},
    ],
)
def test_odd_events_do_not_break_the_page(receivers: Receivers, event: dict[str, Any]) -> None:
    assert post_envelope(receivers.url, envelope(event)).status_code == 200
    assert get(receivers).status_code == 200
