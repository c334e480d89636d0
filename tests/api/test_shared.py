"""Answers that every reader gets alike: made once for the same numbers, anew when the numbers change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import BaseModel

from sms_monitoring import db as sms_db
from sms_monitoring.api.shared import shared_answer


class Made(BaseModel):
    number: int


class Maker:
    """Says how often it was asked."""

    def __init__(self):
        self.asked = 0
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self):
        self.asked += 1
        assert self.may_answer.wait(20)
        return Made(number=self.asked)


@pytest.fixture
def make():
    return Maker()


def ask(conn, make, *question):
    return shared_answer(conn, question, make).body


def test_the_same_question_of_the_same_numbers_is_answered_once(db, make):
    assert ask(db, make, "chart", "volume") == ask(db, make, "chart", "volume") == b'{"number":1}'
    assert ask(db, make, "chart", "cost") == b'{"number":2}'


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO sms_aggregated_hours (family, metric_hour) VALUES ('delivery', '2026-03-10 10:00Z')",
        "INSERT INTO sms_alert_transitions (occurred_at, alert_type, entity, reason) VALUES (now(), 'x', 'all', 'new')",
        "UPDATE sms_alert_thresholds SET threshold_value = 85 WHERE alert_type = 'delivery_rate_critical'",
        "INSERT INTO sms_metrics_by_day VALUES ('2026-03-10', 'sent_count', 1, 1);"
        "REFRESH MATERIALIZED VIEW sms_metrics_daily",
    ],
    ids=["an hour", "an incident", "a threshold", "a day"],
)
def test_when_something_changed_it_is_answered_anew(db, make, change):
    ask(db, make, "chart")
    for statement in change.split(";"):
        db.execute(statement)
    assert ask(db, make, "chart") == b'{"number":2}'


def test_many_at_once_wait_for_the_one_who_makes_it(database_uri, make):
    make.may_answer.clear()

    def one(_):
        with sms_db.connect(database_uri) as conn:
            return ask(conn, make, "chart")

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(one, number) for number in range(8)]
        make.may_answer.set()
        assert {answer.result(20) for answer in answers} == {b'{"number":1}'}


def test_a_failure_is_kept_for_nobody(db, make):
    def fail():
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        ask(db, fail, "chart")
    assert ask(db, make, "chart") == b'{"number":1}'


def test_another_database_has_answers_of_its_own(db, empty_database_uri, make):
    ask(db, make, "chart")
    with sms_db.connect(empty_database_uri) as other:
        for table, column in (
            ("sms_aggregated_hours", "aggregated_at timestamptz"),
            ("sms_metrics_daily", "last_refreshed timestamptz"),
            ("sms_alert_transitions", "id bigint"),
            ("sms_alert_audit", "id bigint"),
        ):
            other.execute(f"CREATE TABLE {table} ({column})")
        assert ask(other, make, "chart") == b'{"number":2}'
