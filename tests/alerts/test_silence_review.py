"""Which silences the weekly review lists, and that it tells of them once a week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from sms_monitoring.alerts.silence_review import (
    SHOWN,
    Kind,
    SilenceFacts,
    as_rows,
    load_facts,
    notice,
    review,
    table,
    tell_once,
)
from sms_monitoring.notify import outbox
from sms_monitoring.notify.channels.base import UnknownChannelError
from sms_monitoring.notify.message import Event, Message, Severity
from tests.alerts.incidents import CRITICAL, WARNING, incident, mute, silence
from tests.product import at

NOW = at("2026-03-16 08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 3, 16)


def facts(**changes):
    """A silence since yesterday until the day after tomorrow."""
    default = {"created_at": NOW - DAY, "starts_at": NOW - DAY, "expires_at": NOW + 2 * DAY}
    return SilenceFacts(**{"id": 7, "author": "ann", "reason": "carrier maintenance", **default, **changes})


def window(**changes):
    """A mute window since yesterday for the next year."""
    return facts(**{"recurring": True, "expires_at": NOW + 365 * DAY, **changes})


OPEN = {"open_alert_types": ("delivery_rate_critical",)}
MADE_FOR = {"made_for_an_incident": True}
OVER = {**MADE_FOR, "its_incident_is_over": True}
LATER = {"starts_at": NOW + DAY}


@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        pytest.param(facts(), [], id="nothing matched so far: it may be for what is to come"),
        pytest.param(facts(**OPEN), [], id="it holds back something"),
        pytest.param(facts(**MADE_FOR, **OPEN), [], id="its incident is open"),
        pytest.param(facts(**OVER), [Kind.OUTLIVED], id="its incident is over"),
        pytest.param(facts(**OVER, **LATER), [Kind.OUTLIVED], id="over before it begins"),
        pytest.param(facts(**OVER, **OPEN), [], id="its incident is over, another is not"),
        pytest.param(facts(ended=3), [Kind.OUTLIVED], id="all that it held back is over"),
        pytest.param(facts(ended=3, **OPEN), [], id="not all that it held back is over"),
        pytest.param(facts(ended=3, **MADE_FOR), [], id="others are over, its own is not"),
        pytest.param(facts(starts_at=NOW - 7 * DAY), [], id="seven days"),
        pytest.param(facts(starts_at=NOW - 7 * DAY - HOUR), [Kind.LONG], id="more than seven days"),
        pytest.param(facts(starts_at=NOW - 8 * DAY, **OVER), [Kind.OUTLIVED, Kind.LONG], id="two findings"),
        pytest.param(facts(created_at=NOW - 30 * DAY), [], id="made long ago for yesterday"),
        pytest.param(facts(expires_at=NOW + DAY, **OPEN), [Kind.EXPIRES_SOON], id="expires in a day, incident open"),
        pytest.param(facts(expires_at=NOW + DAY + HOUR, **OPEN), [], id="expires in more than a day"),
        pytest.param(facts(expires_at=NOW + HOUR), [], id="expires, nothing open"),
        pytest.param(window(), [], id="window with an end"),
        pytest.param(window(ended=3), [], id="window: incidents come and go"),
        pytest.param(window(starts_at=NOW - 30 * DAY), [], id="window of thirty days"),
        pytest.param(window(expires_at=None), [Kind.NO_END], id="window without an end"),
        pytest.param(window(expires_at=None, reviewed_at=NOW - DAY), [], id="without an end, reviewed"),
        pytest.param(
            window(expires_at=None, reviewed_at=NOW - 91 * DAY), [Kind.NO_END], id="without an end, reviewed long ago"
        ),
        pytest.param(window(created_at=NOW - 90 * DAY), [], id="window made 90 days ago"),
        pytest.param(window(created_at=NOW - 91 * DAY), [Kind.NOT_REVIEWED], id="window made 91 days ago"),
        pytest.param(window(created_at=NOW - 91 * DAY, reviewed_at=NOW - DAY), [], id="made long ago, reviewed"),
        pytest.param(
            window(created_at=NOW - 200 * DAY, reviewed_at=NOW - 91 * DAY), [Kind.NOT_REVIEWED], id="reviewed long ago"
        ),
        pytest.param(window(expires_at=NOW + HOUR, **OPEN), [Kind.EXPIRES_SOON], id="window that expires"),
    ],
)
def test_what_is_found(silence, expected):
    assert [found.kind for found in review([silence], NOW)] == expected


@pytest.mark.parametrize(
    ("silence", "words"),
    [
        (facts(**OVER), "the incident it was made for is resolved"),
        (facts(ended=1), "all that it held back is resolved"),
        (facts(starts_at=NOW - 9 * DAY), "in effect for 9 days"),
        (facts(expires_at=NOW + HOUR, **OPEN), "expires at 2026-03-16 09:00 UTC while delivery_rate_critical is open"),
        (window(expires_at=None), "mute window without an end"),
        (window(created_at=NOW - 100 * DAY), "mute window, last reviewed 100 days ago"),
    ],
)
def test_it_is_said_in_words(silence, words):
    assert [found.finding for found in review([silence], NOW)] == [words]


def test_the_table_is_one_line_a_finding():
    findings = review([facts(**OVER, reason="a\nlong story", alert_type="delivery_*"), facts(id=12, ended=1)], NOW)
    assert table(findings).splitlines() == [
        "silence  by   matches             finding                                   made because",
        "      7  ann  delivery_* at *, *  the incident it was made for is resolved  a long story",
        "     12  ann  * at *, *           all that it held back is resolved         carrier maintenance",
    ]


def test_the_result_is_plain_rows():
    assert as_rows(review([facts(**OVER)], NOW)) == [
        {
            "silence_id": 7,
            "kind": "outlived",
            "author": "ann",
            "matches": "* at *, *",
            "reason": "carrier maintenance",
            "finding": "the incident it was made for is resolved",
        }
    ]


def test_the_notice_names_each_silence_and_what_to_do():
    message = notice(review([facts(**OVER), facts(id=8, starts_at=NOW - 9 * DAY, **OVER)], NOW), NOW, MONDAY)
    assert (message.event, message.severity, message.title) == (Event.NOTICE, Severity.INFO, "2 silences to review")
    assert "sms_alert_end_silence" in message.summary
    assert message.facts[0] == (
        "Silence 7 by ann",
        "the incident it was made for is resolved (* at *, *: carrier maintenance)",
    )
    assert [label for label, _ in message.facts] == ["Silence 7 by ann", "Silence 8 by ann", "Silence 8 by ann"]


def test_a_flood_is_capped():
    message = notice(review([facts(id=number, **OVER) for number in range(SHOWN + 37)], NOW), NOW, MONDAY)
    assert len(message.facts) == SHOWN + 1
    assert message.facts[-1] == ("And", "37 more: see the log of the DAG run")


@pytest.mark.parametrize(
    ("day", "week"),
    [(date(2026, 3, 16), "2026-W12"), (date(2026, 3, 22), "2026-W12"), (date(2027, 1, 3), "2026-W53")],
)
def test_the_key_is_that_of_the_iso_week(day, week):
    assert notice(review([facts(**OVER)], NOW), NOW, day).dedup_key == f"sms-monitoring/silence-review/{week}"


# ── On the database ──────────────────────────────────────────────────────────────────────────


def found(db, now=NOW):
    return [(each.silence_id, each.kind) for each in review(load_facts(db, now), now)]


def test_the_facts_are_read_from_silences_and_incidents(db):
    since, until = at("2026-03-15 08:00"), at("2026-03-20 08:00")
    over = incident(db, resolved_at=at("2026-03-15 12:00"))
    incident(db, WARNING, "Verizon")
    incident(db, "llm_failure_critical", resolved_at=at("2026-03-15 12:00"))
    incident(db, "llm_failure_critical", resolved_at=at("2026-03-11 12:00"))  # Before any of the silences.
    named = {"starts_at": since, "expires_at": until}
    made_for = silence(db, alert_type=CRITICAL, incident_id=over, **named)
    silence(db, entity="Veri*", **named)
    matched = silence(db, alert_type="llm_*", **named)
    silence(db, alert_type="opt_out_*", **named)
    silence(db, alert_type=CRITICAL, incident_id=over)  # Over since last week.
    silence(db, alert_type=CRITICAL, incident_id=over, **named, ended_at=at("2026-03-15 13:00"), ended_by="ann")
    silence(db, alert_type="llm_*", starts_at=NOW + DAY, expires_at=until)  # Planned.
    ending = silence(db, entity="Veri*", starts_at=since, expires_at=NOW + HOUR)
    endless = mute(db, "22:00", "06:00", "UTC")
    assert found(db) == [
        (made_for, Kind.OUTLIVED),
        (matched, Kind.OUTLIVED),
        (ending, Kind.EXPIRES_SOON),
        (endless, Kind.NO_END),
    ]
    [fact] = [each for each in load_facts(db, NOW) if each.id == ending]
    assert fact.open_alert_types == [WARNING]


def test_a_review_takes_a_mute_window_off_the_list(db):
    number, now = mute(db, "22:00", "06:00", "UTC"), datetime.now(UTC)
    assert found(db, now) == [(number, Kind.NO_END)]
    db.execute("SELECT sms_alert_review_silence(%s, 'ann')", (number,))
    assert found(db, now + DAY) == []
    assert found(db, now + 91 * DAY) == [(number, Kind.NO_END)]


def the_notice(day=MONDAY):
    return notice(review([facts(**OVER)], NOW), NOW, day)


def test_a_week_is_told_once_in_a_channel(db):
    first = tell_once(db, the_notice(), "slack")
    assert tell_once(db, the_notice(date(2026, 3, 18)), "slack") is None
    assert tell_once(db, the_notice(), "email") not in (None, first)
    assert tell_once(db, the_notice(date(2026, 3, 23)), "slack") not in (None, first)
    [claimed] = outbox.claim(db, "slack", "worker")
    assert claimed.id == first
    assert Message.from_json(claimed.message) == the_notice()


def test_what_could_not_be_delivered_may_be_told_again(db):
    first = tell_once(db, the_notice(), "slack")
    db.execute("UPDATE sms_alert_notifications SET status = 'failed' WHERE id = %s", (first,))
    assert tell_once(db, the_notice(), "slack") not in (None, first)


def test_an_unknown_channel_is_refused_by_name(db):
    with pytest.raises(UnknownChannelError, match="'pigeon' does not exist"):
        tell_once(db, the_notice(), "pigeon")
