"""Given these silences, mute windows and open incidents, this is held back at this minute, and that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.alerts.incidents import CRITICAL, WARNING, incident, insert, mute, of_incident, reason, silence, suppression
from tests.product import at

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
MINUTE = timedelta(minutes=1)
WINDOW = {"local_start": "22:00", "local_end": "06:00", "time_zone": "UTC"}


def muted_minutes(db, begin, end):
    """The minutes of [begin, end) in which a critical alert is muted, as ranges "DD HH:MM-DD HH:MM"; all in UTC."""
    rows = db.execute(
        "SELECT m, EXISTS (SELECT 1 FROM sms_alert_suppression('x', 'all', 'critical', m) WHERE reason = 'muted')"
        " FROM generate_series(%s::timestamptz, %s::timestamptz - interval '1 minute', interval '1 minute') AS m",
        (at(begin), at(end)),
    ).fetchall()
    ranges = []
    for moment, is_muted in rows:
        if is_muted and ranges and ranges[-1][1] == moment:
            ranges[-1][1] = moment + MINUTE
        elif is_muted:
            ranges.append([moment, moment + MINUTE])
    return [f"{start.astimezone(UTC):%d %H:%M}-{stop.astimezone(UTC):%d %H:%M}" for start, stop in ranges]


# ── Patterns ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("*", "", True),
        ("*", "delivery_rate_critical", True),
        ("delivery_rate_critical", "delivery_rate_critical", True),
        ("delivery_rate_critical", "delivery_rate_criticals", False),
        ("delivery_*", "delivery_rate_critical", True),
        ("*_critical", "delivery_rate_critical", True),
        ("*_critical", "delivery_rate_critical_x", False),
        ("d*rate*l", "delivery_rate_critical", True),
        ("*rate*", "rate", True),
        ("Verizon", "verizon", False),
        ("50%", "50%", True),
        ("50%", "50 of 100", False),
        ("50%*", "50 of 100", False),
        ("a_b*", "axb", False),
        ("a_b*", "a_bc", True),
        (r"C:\*", r"C:\x", True),
        (r"C:\*", "C:x", False),
        ("*.b", "a.b", True),
        ("*.b", "axb", False),
        ("a*", "a\nb", True),
        ("É*", "Éire", True),
    ],
)
def test_a_star_stands_for_any_text_and_all_else_for_itself(db, pattern, value, matches):
    assert db.execute("SELECT sms_pattern_matches(%s, %s)", (pattern, value)).fetchone() == (matches,)


# ── Silences ─────────────────────────────────────────────────────────────────────────────────


def test_without_silences_and_incidents_nothing_is_held_back(db):
    assert suppression(db) is None


def test_a_silence_holds_back_what_it_matches_and_says_who_made_it_and_why(db):
    silence_id = silence(db)
    assert suppression(db) == {
        "reason": "silenced",
        "silence_id": silence_id,
        "because": "silenced by ann until 2026-03-10 14:00 UTC: carrier maintenance",
    }


@pytest.mark.parametrize(
    ("matchers", "held"),
    [
        ({}, True),
        ({"alert_type": CRITICAL, "entity": "Verizon", "severity": "critical"}, True),
        ({"alert_type": "delivery_*"}, True),
        ({"alert_type": "llm_*"}, False),
        ({"entity": "Veri*"}, True),
        ({"entity": "all"}, False),
        ({"severity": "warning"}, False),
        ({"alert_type": "delivery_*", "entity": "T-Mobile"}, False),
    ],
)
def test_all_three_matchers_must_match(db, matchers, held):
    silence(db, **matchers)
    assert reason(db, CRITICAL, "Verizon") == ("silenced" if held else None)


@pytest.mark.parametrize(
    ("when", "held"),
    [("08:59", False), ("09:00", True), ("13:59", True), ("14:00", False), ("2026-03-11 12:00", False)],
)
def test_it_holds_from_its_start_until_its_expiry(db, when, held):
    silence(db)
    assert (reason(db, when=when) == "silenced") is held


def test_ended_early_it_holds_no_longer(db):
    silence(db, ended_at=at("11:00"), ended_by="bob")
    assert reason(db, when="10:59") == "silenced"
    assert reason(db, when="11:00") is None


def test_of_several_the_one_that_lasts_longest_is_named(db):
    silence(db)
    longest = silence(db, expires_at=at("16:00"))
    silence(db, expires_at=at("15:00"))
    assert suppression(db)["silence_id"] == longest


def test_silenced_goes_before_muted_before_inhibited(db):
    incident(db)
    assert reason(db, WARNING, severity="warning") == "inhibited"
    window = mute(db, "00:00", "00:00", "UTC")
    assert suppression(db, WARNING, severity="warning")["silence_id"] == window
    assert reason(db, WARNING, severity="warning") == "muted"
    silence(db)
    assert reason(db, WARNING, severity="warning") == "silenced"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        *(({**WINDOW, "weekdays": days}, "weekdays_are_1_to_7") for days in ([0], [8], [], [1, None])),
        ({"author": " \n"}, "author"),
        ({"reason": ""}, "reason"),
        ({"expires_at": None}, "only_a_mute_window_is_endless"),
        ({"expires_at": at("09:00")}, "expires_after_its_start"),
        ({"expires_at": "infinity"}, "expires_at"),
        ({"starts_at": "-infinity"}, "starts_at"),
        ({"severity": "crit"}, "severity_is_known"),
        ({"alert_type": ""}, "alert_type"),
        ({"ended_at": at("10:00")}, "end_is_whole"),
        ({"local_start": "22:00"}, "mute_window_is_whole"),
        ({"weekdays": [1]}, "mute_window_is_whole"),
        (
            {"local_start": "22:00", "local_end": "06:00", "time_zone": "UTC", "weekdays": [1, None]},
            "weekdays_are_1_to_7",
        ),
    ],
)
def test_half_a_silence_is_refused(db, row, complaint):
    with pytest.raises(psycopg.errors.CheckViolation, match=complaint):
        silence(db, **row)


# ── Mute windows ─────────────────────────────────────────────────────────────────────────────


def test_a_mute_window_says_whose_it_is_and_when(db):
    window = mute(db, "22:00", "06:00", BERLIN)
    assert suppression(db, when="2026-03-10 23:00") == {
        "reason": "muted",
        "silence_id": window,
        "because": "muted by bob from 22:00 to 06:00 Europe/Berlin: quiet hours",
    }


@pytest.mark.parametrize(
    ("zone", "complaint"),
    [
        ("UTC+3", "is no IANA time zone"),
        ("<+03>-3", "is no IANA time zone"),
        ("EST5EDT,M3.2.0,M11.1.0", "is no IANA time zone"),
        ("europe/berlin", "is no IANA time zone"),
        (" Europe/Berlin", "is no IANA time zone"),
        ("Mars/Olympus", "is no IANA time zone"),
        ("posix/Europe/Berlin", "is no IANA time zone"),
        ("CET", "is no IANA time zone"),  # An abbreviation to PostgreSQL: one hour, summer and winter.
        ("+01:00", "is no IANA time zone"),
        ("", "is no IANA time zone"),
    ],
)
def test_a_zone_is_an_iana_name_written_exactly(db, zone, complaint):
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=complaint) as refused:
        mute(db, "22:00", "06:00", zone)
    assert "Europe/Berlin" in refused.value.diag.message_hint


def test_a_zone_cannot_be_spoilt_later(db):
    mute(db, "22:00", "06:00", BERLIN)
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        db.execute("UPDATE sms_alert_silences SET time_zone = 'UTC+3'")


def test_weekdays_are_those_of_the_local_start(db):
    mute(db, "22:00", "06:00", NEW_YORK, weekdays=[5])  # From Friday evening to Saturday morning there.
    # 13 March 2026 is a Friday; New York is four hours behind.
    assert muted_minutes(db, "2026-03-12 00:00", "2026-03-16 00:00") == ["14 02:00-14 10:00"]


def test_a_window_within_one_day(db):
    mute(db, "12:00", "13:30", BERLIN, weekdays=[6, 7])
    assert muted_minutes(db, "2026-03-12 00:00", "2026-03-17 00:00") == ["14 11:00-14 12:30", "15 11:00-15 12:30"]


def test_equal_ends_are_a_whole_day_from_that_time_on(db):
    mute(db, "09:00", "09:00", "UTC", weekdays=[7])
    assert muted_minutes(db, "2026-03-14 00:00", "2026-03-18 00:00") == ["15 09:00-16 09:00"]


def test_midnight_to_24_is_the_whole_day(db):
    mute(db, "00:00", "24:00", "UTC", weekdays=[7])
    assert muted_minutes(db, "2026-03-14 00:00", "2026-03-18 00:00") == ["15 00:00-16 00:00"]


def test_a_window_holds_only_between_its_start_and_expiry(db):
    mute(db, "00:00", "12:00", "UTC", starts_at=at("2026-03-14 06:00"), expires_at=at("2026-03-15 06:00"))
    assert muted_minutes(db, "2026-03-13 00:00", "2026-03-17 00:00") == ["14 06:00-14 12:00", "15 00:00-15 06:00"]


# Each: zone, window, weekdays, from and to (UTC), the muted minutes (UTC).
ALL_WEEK = [1, 2, 3, 4, 5, 6, 7]
DST = {
    "Berlin, spring: 02:00 to 03:00 does not exist": (
        BERLIN, "02:00", "03:00", ALL_WEEK, "2026-03-28 12:00", "2026-03-30 12:00", ["30 00:00-30 01:00"],
    ),
    "Berlin, spring: ends in the gap": (
        BERLIN, "01:00", "02:30", ALL_WEEK, "2026-03-28 12:00", "2026-03-29 12:00", ["29 00:00-29 01:00"],
    ),
    "Berlin, spring: begins in the gap": (
        BERLIN, "02:30", "04:00", ALL_WEEK, "2026-03-28 12:00", "2026-03-29 12:00", ["29 01:00-29 02:00"],
    ),
    "Berlin, spring: the night is seven hours long": (
        BERLIN, "22:00", "06:00", ALL_WEEK, "2026-03-28 12:00", "2026-03-30 12:00",
        ["28 21:00-29 04:00", "29 20:00-30 04:00"],
    ),
    "Berlin, spring: the day of 23 hours": (
        BERLIN, "00:00", "00:00", [7], "2026-03-28 00:00", "2026-03-31 00:00", ["28 23:00-29 22:00"],
    ),
    "Berlin, autumn: 02:00 to 02:30 comes twice": (
        BERLIN, "02:00", "02:30", ALL_WEEK, "2026-10-24 12:00", "2026-10-25 12:00",
        ["25 00:00-25 00:30", "25 01:00-25 01:30"],
    ),
    "Berlin, autumn: the night is nine hours long": (
        BERLIN, "22:00", "06:00", ALL_WEEK, "2026-10-24 12:00", "2026-10-25 12:00", ["24 20:00-25 05:00"],
    ),
    "Berlin, autumn: the day of 25 hours": (
        BERLIN, "00:00", "00:00", [7], "2026-10-24 00:00", "2026-10-27 00:00", ["24 22:00-25 23:00"],
    ),
    "New York, spring": (
        NEW_YORK, "22:00", "06:00", [6], "2026-03-07 12:00", "2026-03-09 12:00", ["08 03:00-08 10:00"],
    ),
    "New York, spring: 02:15 to 02:45 does not exist": (
        NEW_YORK, "02:15", "02:45", ALL_WEEK, "2026-03-07 12:00", "2026-03-09 12:00", ["09 06:15-09 06:45"],
    ),
    "New York, autumn: 01:30 to 02:00 comes twice": (
        NEW_YORK, "01:30", "02:00", ALL_WEEK, "2026-10-31 12:00", "2026-11-01 12:00",
        ["01 05:30-01 06:00", "01 06:30-01 07:00"],
    ),
    "Lord Howe, autumn (April) goes back by half an hour: 01:30 to 02:00 comes twice in a row": (
        LORD_HOWE, "01:30", "02:00", ALL_WEEK, "2026-04-04 06:00", "2026-04-05 06:00", ["04 14:30-04 15:30"],
    ),
    "Lord Howe, spring (October) goes forward by half an hour: 02:00 to 02:30 does not exist": (
        LORD_HOWE, "02:00", "02:45", ALL_WEEK, "2026-10-03 06:00", "2026-10-04 06:00", ["03 15:30-03 15:45"],
    ),
    "Santiago, spring (September) at midnight: the window over midnight skips 00:00 to 01:00": (
        "America/Santiago", "23:00", "02:00", [6], "2026-09-05 12:00", "2026-09-06 12:00", ["06 03:00-06 05:00"],
    ),
    "Santiago, autumn (April) at midnight: 23:00 to 24:00 of Saturday comes twice": (
        "America/Santiago", "23:30", "00:30", [6], "2026-04-04 12:00", "2026-04-05 12:00",
        ["05 02:30-05 03:00", "05 03:30-05 04:30"],
    ),
    "Sydney, autumn (April)": (
        "Australia/Sydney", "22:00", "06:00", [6], "2026-04-04 06:00", "2026-04-05 06:00", ["04 11:00-04 20:00"],
    ),
    "Kathmandu has no summer time, but is 5:45 ahead": (
        "Asia/Kathmandu", "22:00", "06:00", ALL_WEEK, "2026-03-10 00:00", "2026-03-11 00:00",
        ["10 00:00-10 00:15", "10 16:15-11 00:00"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DST)
def test_regression_mute_windows_wrong_after_DST(db, case):
    zone, local_start, local_end, weekdays, begin, end, expected = DST[case]
    mute(db, local_start, local_end, zone, weekdays=weekdays)
    assert muted_minutes(db, begin, end) == expected


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE, "America/Santiago"])
@pytest.mark.parametrize(("begin", "end"), [("22:00", "06:00"), ("01:15", "02:45")])
def test_mute_windows_agree_with_python_s_clock_through_a_year(db, zone, begin, end):
    mute(db, begin, end, zone, weekdays=[6, 7])
    # Every quarter of an hour of the weekends: clocks are changed on them.
    rows = db.execute(
        "SELECT m, EXISTS (SELECT 1 FROM sms_alert_suppression('x', 'all', 'info', m))"
        " FROM generate_series('2026-01-01 00:00Z'::timestamptz, '2026-12-31 23:45Z', interval '15 minutes') AS m"
        " WHERE extract(isodow FROM m AT TIME ZONE 'UTC') IN (6, 7)"
    ).fetchall()
    zone = ZoneInfo(zone)
    assert len(rows) > 9_000
    assert [moment for moment, found in rows if found != _is_muted(moment.astimezone(zone), begin, end)] == []


def _is_muted(local: datetime, begin: str, end: str) -> bool:
    clock, weekend = f"{local:%H:%M}", (6, 7)
    today, yesterday = local.isoweekday() in weekend, (local.date() - timedelta(days=1)).isoweekday() in weekend
    if begin < end:
        return begin <= clock < end and today
    return (clock >= begin and today) or (clock < end and yesterday)


# ── Inhibition ───────────────────────────────────────────────────────────────────────────────


def test_the_critical_alert_holds_back_the_warning_about_the_same(db):
    critical = incident(db)
    warning = incident(db, WARNING, triggered_at=at("09:00"))
    assert suppression(db, WARNING, severity="warning", incident_id=warning) == {
        "reason": "inhibited",
        "silence_id": None,
        "because": f"held back by delivery_rate_critical (incident {critical})",
    }
    assert of_incident(db, critical) is None


def test_it_holds_back_only_while_it_is_open(db):
    critical, warning = incident(db), incident(db, WARNING)
    assert of_incident(db, warning) == "inhibited"
    db.execute("UPDATE sms_alert_history SET resolved_at = now(), resolved_by = 'ann' WHERE id = %s", (critical,))
    assert of_incident(db, warning) is None


@pytest.mark.parametrize(
    ("source", "target", "held"),
    [
        ((CRITICAL, "all"), (WARNING, "all"), True),
        ((CRITICAL, "Verizon"), (WARNING, "Verizon"), True),
        ((CRITICAL, "all"), (WARNING, "Verizon"), True),  # The whole contains its parts,
        ((CRITICAL, "Verizon"), (WARNING, "all"), False),  # and not the other way round.
        ((CRITICAL, "T-Mobile"), (WARNING, "Verizon"), False),
        (("llm_failure_critical", "all"), (WARNING, "all"), False),
        ((WARNING, "all"), (CRITICAL, "all"), False),
        (("database_down", "all"), (WARNING, "Verizon"), True),
        (("database_down", "all"), ("llm_failure_critical", "all"), True),
        (("database_down", "primary"), ("llm_failure_critical", "all"), True),
    ],
)
def test_the_shipped_rules(db, source, target, held):
    incident(db, *source)
    assert of_incident(db, incident(db, *target, triggered_at=at("10:30"))) == ("inhibited" if held else None)


def test_an_entity_is_named_in_the_reason(db):
    critical = incident(db, entity="Verizon")
    because = suppression(db, WARNING, "Verizon", "warning")["because"]
    assert because == f"held back by delivery_rate_critical at Verizon (incident {critical})"


def test_a_lower_severity_never_holds_back_a_higher_one(db):
    db.execute("DELETE FROM sms_alert_inhibitions")
    insert(db, "sms_alert_inhibitions", source_alert_type="*", reason="one at a time")
    incident(db, WARNING, triggered_at=at("08:00"))
    assert of_incident(db, incident(db)) is None


def test_a_disabled_rule_holds_back_nothing(db):
    incident(db)
    db.execute("UPDATE sms_alert_inhibitions SET enabled = false")
    assert of_incident(db, incident(db, WARNING)) is None


def test_nothing_holds_back_itself(db):
    insert(db, "sms_alert_inhibitions", source_alert_type="*", reason="one at a time")
    alone = incident(db, "database_down")
    assert of_incident(db, alone) is None
    assert reason(db, "database_down") is None  # Also where its incident is not named.


def test_what_has_no_incident_yet_is_the_youngest(db):
    insert(db, "sms_alert_inhibitions", source_alert_type="*_critical", target_alert_type="*_critical", reason="enough")
    incident(db, "llm_failure_critical", triggered_at=at("23:00"))
    assert reason(db, CRITICAL, when="12:00") == "inhibited"


ALIKE = [UUID(int=number) for number in (1, 2, 3)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rules_that_point_at_each_other_always_leave_one_that_is_told(db, order):
    """Of incidents that would hold back one another, the gravest and then the oldest is told: whatever the rules."""
    names = ["a_critical", "b_critical", "c_warning"]
    for source in names:
        insert(db, "sms_alert_inhibitions", source_alert_type=source, target_alert_type="*", reason="a ring")
    ids = {}
    for place in order:
        ids[names[place]] = incident(db, names[place], id=ALIKE[place], triggered_at=at("10:00"))
    assert {name: of_incident(db, ids[name]) for name in names} == {
        "a_critical": None,
        "b_critical": "inhibited",
        "c_warning": "inhibited",
    }
    db.execute(
        "UPDATE sms_alert_history SET triggered_at = triggered_at - interval '1 second' WHERE id = %s", (ALIKE[1],)
    )
    assert {name: of_incident(db, ids[name]) for name in names} == {
        "a_critical": "inhibited",
        "b_critical": None,
        "c_warning": "inhibited",
    }


def test_ten_thousand_questions_at_once_are_answered_soon(db):
    db.execute(
        "INSERT INTO sms_alert_history (alert_type, entity, severity, triggered_at, message)"
        " SELECT 't' || n % 20 || s, 'e' || n, substr(s, 2), now(), '' FROM generate_series(1, 5000) AS n,"
        " unnest(ARRAY['_warning', '_critical']) AS s"
    )
    db.execute(
        "INSERT INTO sms_alert_silences (alert_type, author, reason, starts_at, expires_at)"
        " SELECT 'x' || n, 'ann', 'old', now() - interval '2 days', now() - interval '1 day'"
        " FROM generate_series(1, 5000) AS n"
    )
    db.execute("SET statement_timeout = '60s'")
    held = db.execute(
        "SELECT h.severity, count(s.reason) FROM sms_alert_history AS h LEFT JOIN LATERAL"
        " sms_alert_suppression(h.alert_type, h.entity, h.severity, now(), h.id) AS s ON true GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert held == [("critical", 0), ("warning", 5000)]
