"""Canaries in every corner of an event: none of them comes out."""

from __future__ import annotations

import json

import pytest

from sms_monitoring.sentry import scrub
from sms_monitoring.sentry.scrub import exception_text

CANARY = "Hi Ann, call +12025550143"
FRAME = {
    "abs_path": "/opt/plugins/sms_monitoring/tasks.py",
    "filename": "sms_monitoring/tasks.py",
    "function": "deliver",
    "module": "sms_monitoring.tasks",
    "lineno": 12,
    "pre_context": ["def deliver():"],
    "context_line": "    raise ValueError(text)",
    "post_context": [],
    "in_app": True,
    "vars": {"text": CANARY, "rows": [CANARY]},
}
EVENT = {
    "event_id": "f" * 32,
    "level": "error",
    "timestamp": "2026-03-10T10:00:00Z",
    "platform": "python",
    "type": None,
    "server_name": "worker-1",
    "exception": {
        "values": [
            {
                "type": "ValueError",
                "module": None,
                "value": f"cannot send {CANARY}",
                "mechanism": {"type": "generic", "handled": False, "data": {"body": CANARY}},
                "stacktrace": {"frames": [FRAME]},
            }
        ]
    },
    "threads": {"values": [{"current": True, "stacktrace": {"frames": [FRAME]}}]},
    "breadcrumbs": {
        "values": [
            {"category": "sms_monitoring.notify", "message": CANARY, "data": {"x": CANARY}},
            {"category": "query", "message": f"SELECT '{CANARY}'", "type": "query"},
            {
                "category": "completed_tasks",
                "level": "info",
                "data": {"task_id": "aggregate.messages", "state": "success", "note": CANARY},
            },
        ]
    },
    "request": {
        "method": "POST",
        "url": f"https://airflow.example.com/api?user={CANARY}",
        "data": CANARY,
        "headers": {"Cookie": CANARY},
        "cookies": {"session": CANARY},
        "env": {"REMOTE_ADDR": CANARY},
    },
    "user": {"id": CANARY, "username": "ann"},
    "extra": {"sys.argv": ["airflow", CANARY]},
    "contexts": {"runtime": {"name": "CPython"}, "job": {"body": CANARY}},
    "tags": {"dag_id": "sms_hourly_monitoring", "logical_date": "2026-03-10 10:00:00+00:00", "phone": "+12025550143"},
    "logentry": {"message": "sent to %s", "params": [CANARY], "formatted": f"sent to {CANARY}"},
    "spans": [{"op": "db", "span_id": "1", "description": f"SELECT '{CANARY}'", "data": {"sql": CANARY}}],
    "fingerprint": [CANARY],
    "something_new": {"of a later version": CANARY},
}


def test_no_canary_comes_out():
    sent = json.dumps(scrub(EVENT), ensure_ascii=False)
    for canary in (CANARY, "Ann", "ann", "2025550143"):
        assert canary not in sent


def test_what_a_developer_needs_comes_out():
    sent = scrub(EVENT)
    [error] = sent["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "‹text of 37 characters, see the log›")
    assert error["mechanism"] == {"type": "generic", "handled": False}
    [frame] = error["stacktrace"]["frames"]
    assert (frame["function"], frame["lineno"], frame["context_line"]) == ("deliver", 12, "    raise ValueError(text)")
    assert sent["tags"]["dag_id"] == "sms_hourly_monitoring"
    assert sent["tags"]["logical_date"] == "2026-03-10 10:00:00+00:00"
    [crumb] = sent["breadcrumbs"]["values"]
    assert crumb["data"] == {"task_id": "aggregate.messages", "state": "success"}
    assert sent["request"] == {"method": "POST"}
    assert sent["logentry"] == {"message": "sent to %s"}


def test_an_event_without_an_exception_keeps_its_stack_without_values():
    sent = scrub({**EVENT, "exception": None})
    [thread] = sent["threads"]["values"]
    assert [frame["function"] for frame in thread["stacktrace"]["frames"]] == ["deliver"]
    assert CANARY not in json.dumps(sent)


def test_what_was_scrubbed_stays_as_it_is():
    assert scrub(scrub(EVENT)) == scrub(EVENT)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"exception": None, "breadcrumbs": [], "tags": [["a", "b"]], "contexts": None},
        {"exception": [{"type": "E", "value": None, "stacktrace": None}]},
        {"exception": {"values": [{"type": "E", "stacktrace": {"frames": None}}, None]}, "threads": {"values": [{}]}},
    ],
)
def test_odd_events_break_nothing(odd):
    scrub(odd)


@pytest.mark.parametrize(
    ("kind", "module", "text", "told"),
    [
        (
            "UndefinedTable",
            "psycopg.errors",
            'relation "sms_metrics" does not exist',
            'relation "sms_metrics" does not exist',
        ),
        ("DeliveryPendingError", "sms_monitoring.tasks", "slack: Slack answered 500", "slack: Slack answered 500"),
        ("ConnectionRefusedError", None, "[Errno 111] Connection refused", "[Errno 111] Connection refused"),
        ("ValueError", None, "cannot send Hi Ann", "‹text of 18 characters, see the log›"),
        ("KeyError", None, "'Ann'", "‹text of 5 characters, see the log›"),
        ("Refused", "some_library.errors", "refused: Hi Ann", "‹text of 15 characters, see the log›"),
        ("Lookalike", "airflowish", "Hi Ann", "‹text of 6 characters, see the log›"),
        ("ValueError", None, "", ""),
        ("OSError", None, "Hi Anna, it is me", "‹text of 17 characters, see the log›"),
        ("TimeoutError", None, "Hi Ann", "‹text of 6 characters, see the log›"),
        ("OSError", None, "[Errno 5] Hi Anna", "[Errno 5] Input/output error"),
        ("FileNotFoundError", None, "[Errno 2] No such file: '/x'", "[Errno 2] No such file or directory"),
        (
            "MaxRetryError",
            "urllib3.exceptions",
            "Max retries exceeded with url: /services/T0AAA/B0BBB/SECRETWEBHOOK",
            "‹text of 66 characters, see the log›",
        ),
        ("BadStatusLine", "http.client", "Hi Ann", "‹text of 6 characters, see the log›"),
        ("ObservationError", "sms_monitoring.alerts.x", "not 'Hi Ann, hello", "not ‹13 characters›"),
        ("AirflowFailException", "airflow.sdk.exceptions", "cannot send 'ann_b'", "cannot send ‹5 characters›"),
        ("ValueError", None, "‹text of Hi Ann", "‹text of 15 characters, see the log›"),
    ],
)
def test_whose_texts_are_told(kind, module, text, told):
    assert exception_text(kind, module, text) == told
