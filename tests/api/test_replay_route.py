"""A threshold over the stored history, asked for over the API; nothing live is changed by it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from sms_monitoring.timeframe import floor_hour
from tests.alerts.incidents import CRITICAL
from tests.alerts.live import Live
from tests.api.acting import HOSTILE_NUMBERS, HOSTILE_TEXTS, HOSTILE_TIMES, audit, post_raw, refusal, tables

PATH = f"/thresholds/{CRITICAL}/replay"
# An outage from the 25th hour on, and a dip that a threshold of 80 % does not see from the 38th.
OUTAGE_AND_DIP = "97/300x24 40/300x3 97/300x10 84/300x2 97/300x9"
HOURS = 48


@pytest.fixture
def ann(client):
    return client("ann")


@pytest.fixture
def history(db):
    """The last 48 hours, as the live engine went through them."""
    live = Live(conn=db, start=floor_hour(datetime.now(UTC)) - timedelta(hours=HOURS))
    live.run(OUTAGE_AND_DIP)
    return live


def replay(client, changes=None, **span):
    return client.post(PATH, json={"changes": changes or {}, **span})


def test_the_answer_beside_the_threshold_as_it_is(ann, history):
    answer = replay(ann, {"threshold_value": 80}, start=history.start.isoformat())
    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    assert found["summary"] == "This would have fired 1 time in 2 days; the threshold as it is, 2 times."
    assert found["detail"] == "Fires 1 time, instead of 2; catches 1 of 2 known incidents; 2 messages."
    assert (found["current"]["condition"], found["proposed"]["condition"]) == ("< 90 %", "< 80 %")
    assert (found["current"]["firings"], found["proposed"]["firings"]) == (2, 1)
    assert (found["proposed"]["incidents_caught"], found["proposed"]["incidents_missed"]) == (1, 1)
    assert found["proposed"]["messages_by_channel"] == {"pagerduty": {"trigger": 1, "resolve": 1}}
    [firing] = found["firings"]
    assert datetime.fromisoformat(firing["began"]) == history.start + timedelta(hours=25)
    assert (firing["entity"], firing["worst"], firing["sample_size"], firing["hours"]) == ("all", 40, 300, 4)
    known = {each["id"]: each["caught"] for each in found["incidents"]}
    listed = ann.get("/incidents").json()["data"]
    assert known == {listed[0]["id"]: False, listed[1]["id"]: True}
    assert firing["incidents"] == [listed[1]["id"]]
    assert found["range"]["hours"] == HOURS
    assert any("Silences" in note for note in found["notes"])


def test_the_chart_is_a_specification_that_the_browser_draws(ann, history):
    import altair as alt

    for theme in ("light", "dark"):
        chart = replay(ann, {"threshold_value": 80}, theme=theme).json()["data"]["chart"]
        alt.Chart.from_dict(chart)
        assert chart["width"] == "container"


def test_the_range_is_that_of_history_by_default(ann, history):
    found = replay(ann).json()["data"]
    assert found["range"]["start"] == history.start.isoformat().replace("+00:00", "Z")
    assert found["current"] == found["proposed"]


def test_a_range_that_begins_before_history_begins_with_it(ann, history):
    answer = replay(ann, start=(history.start - timedelta(days=30)).isoformat())
    assert answer.json()["data"]["range"]["hours"] == HOURS
    assert " in 2 days" in answer.json()["data"]["summary"]


def test_nothing_live_is_changed(ann, db, history):
    before, recorded = tables(db), audit(db)
    assert replay(ann, {"threshold_value": 80, "enabled": False, "owner": "x"}).status_code == 200
    assert replay(ann, {"cooldown_minutes": -1}).status_code == 422
    assert tables(db) == before
    assert audit(db) == recorded


def test_whoever_may_read_may_replay(client, history):
    assert replay(client("vic"), {"threshold_value": 80}).status_code == 200
    assert refusal(replay(client("nell")))[0] == 403
    assert refusal(replay(client(None)))[0] == 401


@pytest.mark.parametrize(
    ("changes", "span", "parameter", "complaint"),
    [
        ({"treshold_value": 1}, {}, "changes", "'treshold_value' cannot be edited; what can be: "),
        ({"cooldown_minutes": -1}, {}, "changes.cooldown_minutes", "cooldown_minutes >= 0"),
        ({"notification_channel": "pigeon"}, {}, "changes.notification_channel", "names no channel: 'pigeon'"),
        ({"recovery_threshold": 80}, {}, "changes.recovery_threshold", "recovery_threshold >= threshold_value"),
        ({}, {"end": "2199-01-01T00:00:00Z"}, "end", "lies in the future"),
        ({}, {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:30:00Z"}, "end", "end must be after start"),
        ({}, {"theme": "pink"}, "theme", "'light' or 'dark'"),
        ({}, {"who": "boss"}, "who", "not permitted"),
    ],
)
def test_what_cannot_be_replayed_is_refused(ann, history, changes, span, parameter, complaint):
    answer = replay(ann, changes, **span)
    assert refusal(answer) == (422, parameter)
    assert complaint in answer.json()["error"]["message"]


def test_without_history_it_says_so(ann):
    assert "no hour was aggregated yet" in replay(ann).json()["error"]["message"]


def test_an_unknown_alert_type(ann, db):
    assert refusal(ann.post("/thresholds/nothing/replay", json={}))[0] == 404
    db.execute("DELETE FROM sms_alert_thresholds WHERE alert_type = %s", (CRITICAL,))
    Live(conn=db, start=floor_hour(datetime.now(UTC)) - timedelta(hours=2)).pass_by("97/300x2")
    assert refusal(replay(ann)) == (404, "alert_type")


def test_hostile_input_is_refused_and_changes_nothing(ann, db, history):
    from sms_monitoring.api import rate_limits

    before = tables(db)
    for text in HOSTILE_TEXTS:
        rate_limits.forget()
        for name in ("threshold_value", "notification_channel", "additional_channels", "severity", text):
            assert refusal(post_raw(ann, "POST", PATH, {"changes": {name: text}}))[0] == 422, (name, text)
        assert refusal(post_raw(ann, "POST", PATH, {"changes": text}))[0] == 422
    for moment in HOSTILE_TIMES:
        rate_limits.forget()
        for name in ("start", "end"):
            assert refusal(replay(ann, **{name: moment})) == (422, name)
    for number in HOSTILE_NUMBERS:
        rate_limits.forget()
        answer = post_raw(ann, "POST", PATH, {"changes": {"pending_evaluations": "?"}}, ("?", number))
        assert refusal(answer)[0] == 422, number
    assert tables(db) == before


def test_few_run_at_once(client, history, monkeypatch):
    from sms_monitoring.api import replaying

    under_way, go_on = threading.Barrier(replaying.AT_ONCE + 1), threading.Event()
    real = replaying.replay_request

    def waiting(*args, **kwargs):
        under_way.wait(timeout=30)
        go_on.wait(timeout=30)
        return real(*args, **kwargs)

    monkeypatch.setattr(replaying, "replay_request", waiting)
    clients = [client("ann") for _ in range(replaying.AT_ONCE)]
    with ThreadPoolExecutor(replaying.AT_ONCE) as pool:
        running = [pool.submit(replay, each) for each in clients]
        under_way.wait(timeout=30)
        late = replay(client("vic"))
        go_on.set()
        assert refusal(late)[0] == 503
        assert int(late.headers["retry-after"]) > 0
        assert [each.result().status_code for each in running] == [200] * replaying.AT_ONCE
    monkeypatch.undo()


def test_one_that_takes_too_long_is_given_up(ann, db, history, monkeypatch):
    from sms_monitoring.api import replaying

    before = tables(db)
    monkeypatch.setattr(replaying, "LONGEST_SECONDS", 0)
    answer = replay(ann, {"threshold_value": 80})
    assert refusal(answer)[0] == 503
    assert "shorter range" in answer.json()["error"]["message"]
    monkeypatch.undo()
    assert tables(db) == before


def test_it_counts_as_costly(ann, history, monkeypatch):
    from sms_monitoring.api import rate_limits

    monkeypatch.setattr(rate_limits, "COSTLY", "1/minute")
    assert replay(ann, end="2199-01-01T00:00:00Z").status_code == 422
    answer = replay(ann)
    assert refusal(answer)[0] == 429
    assert "retry-after" in answer.headers
