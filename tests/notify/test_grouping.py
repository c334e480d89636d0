"""Which of several messages come first, how they are counted, and what a group shows of them."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import pytest

from sms_monitoring.local.receivers import slack_rules
from sms_monitoring.notify.channels import email, slack
from sms_monitoring.notify.grouping import MAX_SHOWN, gravest, tally_line
from sms_monitoring.notify.message import Event, Message, Severity
from sms_monitoring.notify.wording import look_of, subject_of
from tests.notify.samples import ACKNOWLEDGE, ESCALATE, NOTICE, REPEAT, RESOLVE, TEST, TRIGGER, WARNING

FLOOD = [
    RESOLVE,
    *(replace(WARNING, entity=f"carrier-{place}", dedup_key=f"k{place}") for place in range(40)),
    *(replace(TRIGGER, entity=f"campaign-{place}", dedup_key=f"c{place}") for place in range(5)),
    replace(RESOLVE, dedup_key="r2"),
]
# 47 messages: 5 critical, 40 warnings, 2 ends; ten are shown, and 37 more.


def mail(messages: list[Message]):
    return email.format_messages(messages, sender="sms@example.com", recipients=("oncall@example.com",))


def part(messages: list[Message], kind: str) -> str:
    found = mail(messages).get_body((kind,))
    assert found is not None
    return str(found.get_content())


def slack_texts(messages: list[Message]) -> list[str]:
    """What each attachment of the group says."""
    found = []
    for attachment in slack.format_group(messages)["attachments"]:
        (block, *_) = attachment["blocks"]
        found.append(block["text"]["text"] if "text" in block else block["elements"][0]["text"])
    return found


# ── Order and count ──────────────────────────────────────────────────────────────────────────


def test_the_gravest_first() -> None:
    repeated_warning = replace(WARNING, event=Event.REPEAT)
    info = replace(WARNING, severity=Severity.INFO)
    expected = [TRIGGER, REPEAT, WARNING, repeated_warning, info, ACKNOWLEDGE, TEST, RESOLVE]
    mixed = list(expected)
    Random(4).shuffle(mixed)

    assert gravest(mixed) == expected


def test_an_escalation_is_as_grave_as_a_trigger_and_their_order_stays() -> None:
    assert gravest([REPEAT, ESCALATE, TRIGGER]) == [ESCALATE, TRIGGER, REPEAT]


@pytest.mark.parametrize(
    ("messages", "line"),
    [
        (FLOOD, "5 critical, 40 warning, 2 resolved"),
        ([REPEAT, ESCALATE, TRIGGER], "3 critical"),
        ([RESOLVE, RESOLVE], "2 resolved"),
        ([TEST, NOTICE, ACKNOWLEDGE], "1 acknowledged, 1 test, 1 notice"),
    ],
)
def test_tally(messages: list[Message], line: str) -> None:
    assert tally_line(messages) == line


# ── What a group shows ───────────────────────────────────────────────────────────────────────


def test_the_header_tells_how_many_fire_and_how_many_are_over() -> None:
    line = "🔴 5 critical, 🟠 40 warning, ✅ 2 resolved"

    assert slack.format_group(FLOOD)["blocks"][0]["text"]["text"] == line
    assert mail(FLOOD)["Subject"] == line
    assert part(FLOOD, "plain").splitlines()[0] == line


def test_the_notification_on_a_phone_names_the_gravest() -> None:
    assert slack.format_group(FLOOD)["text"] == (
        "🔴 5 critical, 🟠 40 warning, ✅ 2 resolved. Critical: SMS delivery rate is low (campaign-0):"
        " 62.1 %, below the threshold of 90 % (sample 1240)."
    )


def test_ten_are_shown_and_the_rest_is_counted() -> None:
    *items, rest = slack_texts(FLOOD)

    assert len(items) == MAX_SHOWN
    assert items[0] == (
        "*🔴 Critical: SMS delivery rate is low (campaign-0)*\n62.1 %, below the threshold of 90 % (sample 1240)."
        "  ·  <https://airflow.example.com/dags/sms_hourly_monitoring/runs/scheduled?a=1&amp;b=2|DAG run>"
    )
    assert rest.startswith("and 37 more: 35 warning, 2 resolved · ")
    for kind in ("plain", "html"):
        body = part(FLOOD, kind)
        assert "… and 37 more: 35 warning, 2 resolved" in body
        assert [subject_of(message) in body for message in gravest(FLOOD)[: MAX_SHOWN + 1]] == [True] * 10 + [False]


def test_few_are_all_shown_each_in_its_colour() -> None:
    few = [TRIGGER, WARNING, ACKNOWLEDGE, RESOLVE]
    shown = slack.format_group(few)

    assert [attachment["color"] for attachment in shown["attachments"][:-1]] == [look_of(one).colour for one in few]
    assert "more" not in slack_texts(few)[-1]
    assert "more:" not in part(few, "plain")


def test_ends_alone_are_seen_at_one_look() -> None:
    ends = [RESOLVE, replace(RESOLVE, dedup_key="r2")]

    assert slack.format_group(ends)["blocks"][0]["text"]["text"] == "✅ 2 resolved"
    assert {one["color"] for one in slack.format_group(ends)["attachments"][:-1]} == {look_of(RESOLVE).colour}
    assert mail(ends)["Subject"] == "✅ 2 resolved"
    assert mail(ends)["Importance"] is None


def test_one_message_looks_the_same_as_ever() -> None:
    assert slack.format_messages([TRIGGER]) == slack.format_message(TRIGGER)
    alone = email.format_message(TRIGGER, sender="sms@example.com", recipients=("oncall@example.com",))
    assert mail([TRIGGER])["Message-ID"] == alone["Message-ID"]
    assert part([TRIGGER], "html") == alone.get_body(("html",)).get_content()


def test_markup_of_the_data_stays_text() -> None:
    odd = replace(TRIGGER, title="*now* <!channel>", summary="> `x`")
    (attachment, *_) = slack.format_group([odd, RESOLVE])["attachments"]

    section, context = attachment["blocks"]
    assert section["text"]["type"] == "plain_text"
    assert "&lt;!channel&gt;" in section["text"]["text"]
    assert context["elements"][0]["text"].startswith("<https://")
    assert "<!channel>" not in json.dumps(slack.format_group([odd, RESOLVE]))


@pytest.mark.parametrize("number", [2, 10, 11, 1000])
def test_slack_takes_however_many(number: int) -> None:
    long = "Smith & Sons <wireless> *📵* " * 1000
    messages = [replace(TRIGGER, title=long, summary=long, entity=f"{place} {long}") for place in range(number)]

    payload = slack.format_group(messages)
    verdict = slack_rules.judge(json.dumps(payload).encode())

    assert (verdict.reason, verdict.warnings) == (None, ())
    assert sum(len(attachment["blocks"]) for attachment in payload["attachments"]) + 1 <= 50


def test_the_same_group_has_the_same_message_id_however_it_is_ordered() -> None:
    assert mail(FLOOD)["Message-ID"] == mail(FLOOD[::-1])["Message-ID"]
    assert mail(FLOOD)["Message-ID"] != mail(FLOOD[1:])["Message-ID"]
    assert mail(FLOOD)["Message-ID"].endswith(".group@example.com>")
    assert mail(FLOOD)["Importance"] == "high", "there is a critical one among them"


# ── Threads ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("message", [REPEAT, ESCALATE, ACKNOWLEDGE, RESOLVE], ids=lambda message: message.event)
def test_all_that_follows_stands_in_the_thread_of_the_trigger(message: Message) -> None:
    trigger = mail([TRIGGER])["Message-ID"]

    assert mail([message])["In-Reply-To"] == mail([message])["References"] == trigger
    assert mail([message])["Message-ID"] != trigger


@pytest.mark.parametrize("message", [TRIGGER, TEST, NOTICE], ids=lambda message: message.event)
def test_what_follows_nothing_starts_a_thread(message: Message) -> None:
    assert mail([message])["In-Reply-To"] is None


def test_each_repeat_has_an_id_of_its_own() -> None:
    ids = [mail([replace(REPEAT, sequence=number)])["Message-ID"] for number in (1, 2, 2)]

    assert ids[1] == ids[2] != ids[0]
    assert ids[0].endswith(".repeat.1@example.com>")
