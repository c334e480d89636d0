"""A drill fails when nobody was told, the wrong channel was, no end was told, or what was not broken was told of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from drills.drills import DRILLS
from drills.model import Expected, Result, Told
from drills.report import HEADINGS, as_json, rows
from drills.run import first_of_each
from drills.verdict import all_over, all_told, faults, seconds_until_over, seconds_until_told

from sms_monitoring.operators import alert_types

BROKEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PAGED = Expected(channel="pagerduty", about="aggregation_late", shipped="35–105 min")
OF_SLACK = Expected(channel="email", about="outbox_failing", entity="slack", shipped="10–20 min")


def told(seconds, channel="pagerduty", about="aggregation_late", entity="", *, over=False):
    return Told(at=BROKEN + timedelta(seconds=seconds), channel=channel, about=about, entity=entity, over=over)


def result(*heard, expected=(PAGED,), mended=60, **more):
    return Result(
        name="paused",
        trouble="the hourly DAG is paused",
        broken_at=BROKEN,
        mended_at=None if mended is None else BROKEN + timedelta(seconds=mended),
        expected=tuple(expected),
        told=heard,
        **more,
    )


WELL = (told(12.5), told(70, over=True))


def test_told_and_over_is_as_it_should_be():
    assert faults(result(*WELL)) == []
    assert seconds_until_told(result(*WELL), PAGED) == 12.5
    assert seconds_until_over(result(*WELL), PAGED) == 10


@pytest.mark.parametrize(
    ("heard", "fault"),
    [
        ([], "pagerduty was not told of aggregation_late, nor was anybody else"),
        ([told(9, "slack")], "pagerduty was not told of aggregation_late, only slack"),
        ([told(70, over=True)], "pagerduty was not told of aggregation_late, nor was anybody else"),
        ([told(12)], "pagerduty was not told that aggregation_late is over"),
        # An end that came before the repair ends something else.
        ([told(12), told(20, over=True)], "pagerduty was not told that aggregation_late is over"),
        ([*WELL, told(20, "slack", "clock_skew")], "told of what was not broken: slack: clock_skew"),
    ],
)
def test_everything_else_is_a_fault(heard, fault):
    assert faults(result(*heard)) == [fault]


def test_a_channel_that_fails_is_told_of_in_another_one_by_name():
    about_mail = told(9, "email", "outbox_failing", "email")
    assert faults(result(about_mail, expected=[OF_SLACK], mended=None)) == [
        "email was not told of outbox_failing (slack), only email"
    ]


def test_where_nothing_is_mended_no_end_is_expected():
    assert faults(result(told(12), mended=None)) == []


def test_consequences_may_be_told_too():
    assert faults(result(*WELL, told(20, "slack", "dag_failing"), tolerated=frozenset({"dag_failing"}))) == []


def test_while_all_is_well_any_message_is_a_fault():
    assert faults(result(expected=[], mended=None)) == []
    assert faults(result(told(5), expected=[], mended=None)) == [
        "told of what was not broken: pagerduty: aggregation_late"
    ]


def test_errors_in_sentry_are_to_be_expected_where_something_is_broken_and_only_there():
    error = told(20, "sentry", "OperationalError")
    assert faults(result(*WELL, error)) == []
    assert faults(result(error, expected=[], mended=None)) == ["told of what was not broken: sentry: OperationalError"]


def test_other_problems_are_faults():
    assert faults(result(*WELL, problems=("3 notifications were not delivered",))) == [
        "3 notifications were not delivered"
    ]


def test_listening_ends_when_all_have_been_told():
    both = (PAGED, OF_SLACK)
    assert not all_told(both, [told(1)])
    assert all_told(both, [told(1), told(2, "email", "outbox_failing", "slack")])
    assert not all_over(both, [told(1), told(2, over=True)])
    assert all_over((PAGED,), [told(2, over=True)])


def test_the_table_has_a_row_for_each_who_must_be_told():
    shown = rows([result(*WELL), result(expected=[], mended=None), result(expected=[OF_SLACK])])
    assert {len(row) for row in shown} == {len(HEADINGS)}
    assert shown[0] == (
        "the hourly DAG is paused", "who is on call", "pagerduty", "aggregation_late", "12 s", "10 s", "35–105 min",
    )  # fmt: skip
    assert shown[1][1] == "nobody"
    assert shown[2][4] == "NEVER"


def test_the_last_line_names_every_fault():
    said = json.loads(json.dumps(as_json([result(*WELL), result(mended=None)], 61.4)))
    assert (said["drills"], said["as_expected"], said["seconds"]) == (2, 1, 61)
    assert list(said["faults"]) == ["paused"]


def test_every_drill_expects_alert_types_that_there_are():
    direct = {"watchdog", "dag_run_failed", "notification_failed", "heartbeat_missing"}
    known = {alert.name for alert in alert_types()} | direct
    for drill in DRILLS:
        expected = {one.about for one in drill.expected if one.channel != "sentry"}
        assert expected | drill.tolerated <= known, drill.name
    assert [drill.name for drill in DRILLS if not drill.expected] == ["well"]


def test_what_is_said_again_and_again_is_shown_once():
    heard = [told(1), told(2, "slack"), told(3), told(4, over=True)]
    assert first_of_each(heard) == [(heard[0], 1), (heard[1], 0), (heard[3], 0)]
