"""What is asked of each service, by its own documentation."""

from __future__ import annotations

import json

import pytest

from sms_monitoring.heartbeat.conventions import MAX_NOTE, Ping, Signal, Told, make_ping, refusal_in

HEALTHCHECKS, CRONITOR = "https://hc-ping.com", "https://cronitor.link/p"
TOLD = Told("sms_monitoring_heartbeat", "hour 10:00 to 11:00 done")


def asked(convention: str, address: str, secret: str, signal: Signal = Signal.ALIVE) -> Ping | None:
    return make_ping(convention, address, secret, signal, TOLD)


@pytest.mark.parametrize(
    ("signal", "url"),
    [(Signal.ALIVE, "https://hc-ping.com/some-uuid"), (Signal.FAILED, "https://hc-ping.com/some-uuid/fail")],
)
def test_healthchecks_takes_a_post_with_a_note(signal, url):
    ping = asked("healthchecks", HEALTHCHECKS, "some-uuid", signal)
    assert (ping.method, ping.url, ping.body) == ("POST", url, b"hour 10:00 to 11:00 done")


def test_healthchecks_with_a_slug_that_makes_itself_keeps_its_query():
    ping = asked("healthchecks", HEALTHCHECKS, "ping-key/sms?create=1", Signal.FAILED)
    assert ping.url == "https://hc-ping.com/ping-key/sms/fail?create=1"


@pytest.mark.parametrize(("signal", "state"), [(Signal.ALIVE, "complete"), (Signal.FAILED, "fail")])
def test_cronitor_takes_a_state_and_a_message(signal, state):
    ping = asked("cronitor", CRONITOR, "key/monitor?env=production", signal)
    assert (ping.method, ping.body) == ("GET", b"")
    message = "hour+10%3A00+to+11%3A00+done"
    assert ping.url == f"https://cronitor.link/p/key/monitor?env=production&state={state}&message={message}"


def test_pagerduty_takes_an_event_of_the_same_key_each_time():
    ping = asked("pagerduty", "https://events.pagerduty.com", "a" * 32)
    event = json.loads(ping.body)
    assert ping.url == "https://events.pagerduty.com/v2/enqueue"
    assert (event["event_action"], event["payload"]["severity"]) == ("trigger", "info")
    assert event["dedup_key"] == "sms-monitoring/heartbeat/sms_monitoring_heartbeat"
    assert event["routing_key"] == "a" * 32


def test_a_plain_address_is_just_called():
    ping = asked("plain", "https://uptime.example.com/api/push", "token?status=up")
    assert (ping.method, ping.url) == ("GET", "https://uptime.example.com/api/push/token?status=up")


@pytest.mark.parametrize("convention", ["pagerduty", "plain"])
def test_some_have_no_word_for_a_failure(convention):
    assert asked(convention, "https://example.com", "secret", Signal.FAILED) is None


def test_another_convention_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"'opsgenie' is no convention .* healthchecks, cronitor, pagerduty, plain"):
        asked("opsgenie", "https://example.com", "secret")


def test_a_long_note_is_cut():
    ping = make_ping("healthchecks", HEALTHCHECKS, "uuid", Signal.ALIVE, Told("x", "n" * 5000))
    assert len(ping.body) == MAX_NOTE


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [("OK", None), ("OK (not found)\n", "OK (not found)"), ("OK (rate limited)", "OK (rate limited)"), ("", None)],
)
def test_a_success_of_healthchecks_may_be_none(answer, refusal):
    assert refusal_in(answer) == refusal
