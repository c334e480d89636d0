"""What a channel was told is read from what the channel itself writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from drills.heard import pings, silences, told
from drills.model import SILENCE, Told

from sms_monitoring.local.receivers.mail import parse_mail
from sms_monitoring.notify.channels import email, pagerduty, slack
from sms_monitoring.notify.message import Event, Message, Severity

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TITLES = {"A DAG is paused": "dag_paused", "A DAG": "another", "Notifications keep failing": "outbox_failing"}


def message(title="A DAG is paused", entity="sms_hourly_monitoring", event=Event.TRIGGER, **more):
    return Message(
        event=event,
        severity=Severity.WARNING,
        alert_type=TITLES.get(title, "unknown"),
        entity=entity,
        dedup_key=more.pop("dedup_key", "sms-monitoring/1"),
        title=title,
        summary=f"{title}: it does not run (since noon).",
        occurred_at=AT,
        facts=(("DAG", entity),),
        **more,
    )


def of_slack(*messages):
    return slack.format_messages(messages)


def of_email(*messages):
    mail = email.format_messages(messages, sender="monitor@example.com", recipients=("oncall@example.com",))
    return parse_mail(mail.as_bytes())


def of_pagerduty(one):
    return pagerduty.format_message(one)


def record(channel, content, *, accepted=True, at=AT):
    return {"channel": channel, "accepted": accepted, "received_at": at.isoformat(), "content": content}


def heard(channel, content, **more):
    return told([record(channel, content, **more)], TITLES)


@pytest.mark.parametrize(
    ("channel", "written"), [("slack", of_slack), ("email", of_email), ("pagerduty", of_pagerduty)]
)
@pytest.mark.parametrize(
    ("event", "over"), [(Event.TRIGGER, False), (Event.REPEAT, False), (Event.ESCALATE, False), (Event.RESOLVE, True)]
)
def test_one_message_says_what_it_is_about_and_whether_it_is_over(channel, written, event, over):
    expected = Told(at=AT, channel=channel, about="dag_paused", entity="sms_hourly_monitoring", over=over)
    assert heard(channel, written(message(event=event))) == [expected]


@pytest.mark.parametrize(("channel", "written"), [("slack", of_slack), ("email", of_email)])
def test_a_group_says_it_of_each(channel, written):
    content = written(message(), message("Notifications keep failing", "slack", Event.RESOLVE))
    assert heard(channel, content) == [
        Told(at=AT, channel=channel, about="dag_paused", entity="sms_hourly_monitoring"),
        Told(at=AT, channel=channel, about="outbox_failing", entity="slack", over=True),
    ]


@pytest.mark.parametrize(
    ("channel", "written"), [("slack", of_slack), ("email", of_email), ("pagerduty", of_pagerduty)]
)
def test_what_is_about_everything_names_no_entity(channel, written):
    assert [one.entity for one in heard(channel, written(message(entity="all")))] == [""]


def test_a_page_past_the_outbox_is_known_by_its_key():
    page = message(entity="all", dedup_key="sms-monitoring/watchdog/database")
    assert [one.entity for one in heard("pagerduty", of_pagerduty(page))] == ["database"]


def test_an_end_may_have_a_longer_title_than_its_beginning():
    [end] = heard("slack", of_slack(message("A DAG is paused or was late", event=Event.RESOLVE)))
    assert (end.about, end.entity, end.over) == ("dag_paused", "sms_hourly_monitoring", True)


@pytest.mark.parametrize(("channel", "written"), [("slack", of_slack), ("email", of_email)])
def test_an_unknown_title_is_kept_as_it_is(channel, written):
    assert [one.about for one in heard(channel, written(message("Something new", "x")))] == ["Something new (x)"]


def test_what_was_refused_told_nobody():
    assert heard("slack", of_slack(message()), accepted=False) == []


def test_an_acknowledgement_is_neither_beginning_nor_end():
    assert heard("pagerduty", of_pagerduty(message(event=Event.ACKNOWLEDGE))) == []


def test_an_error_in_sentry_is_known_by_its_class():
    error = {"exception": {"values": [{"type": "ValueError"}, {"type": "SourceContractError"}]}}
    assert [one.about for one in heard("sentry", {"items": ["event"], "event": error})] == ["SourceContractError"]
    assert heard("sentry", {"items": ["event"], "event": {"message": "no exception"}}) == []


def sign(check, signal="success", *, seconds=0, accepted=True):
    content = {"service": "healthchecks", "check": check, "signal": signal, "note": ""}
    return record("heartbeat", content, accepted=accepted, at=AT + timedelta(seconds=seconds))


def test_signs_of_life_of_one_check():
    records = [
        sign("sms-watchdog", seconds=20),
        sign("sms-watchdog"),
        sign("sms-hourly-monitoring"),
        sign("sms-watchdog", "fail"),
        sign("sms-watchdog", accepted=False),
        record("slack", of_slack(message())),
    ]
    assert pings(records, "sms-watchdog") == [AT, AT + timedelta(seconds=20)]


def at(seconds):
    return AT + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("signs", "until", "expected"),
    [
        ([], 1000, []),
        ([0, 20, 40], 100, []),
        ([0, 20], 81, [(80, False)]),
        ([0, 100, 120], 130, [(60, False), (100, True)]),
        ([0, 100], 161, [(60, False), (100, True), (160, False)]),
    ],
)
def test_a_silence_is_told_when_period_and_grace_are_over_and_its_end_at_the_next_sign(signs, until, expected):
    found = silences([at(sign) for sign in signs], "sms-watchdog", timedelta(seconds=60), at(until))
    assert [(one.at, one.over) for one in found] == [(at(seconds), over) for seconds, over in expected]
    assert {(one.channel, one.about, one.entity) for one in found} <= {("heartbeat", SILENCE, "sms-watchdog")}
