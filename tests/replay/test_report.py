"""The table in plain text, the JSON and the row, for a result of every kind."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from sms_monitoring.alerts import store
from sms_monitoring.alerts.model import Verdict
from sms_monitoring.notify.message import Event
from sms_monitoring.replay.compare import compare
from sms_monitoring.replay.model import Firing, KnownIncident, Outcome, Point, ReplayResult
from sms_monitoring.replay.record import as_json, chart, save, summary
from sms_monitoring.replay.report import headline, lead_words, report
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.live import ALERT
from tests.product import at

WINDOW = Window(at("2026-03-01 00:00"), at("2026-03-11 00:00"))


def outcome(threshold, firings, incidents, messages):
    hours = Counter({Verdict.OK: 230, Verdict.BREACH: 6, Verdict.INSUFFICIENT_DATA: 3, Verdict.NO_DATA: 1})
    lengths = [(each.ended or WINDOW.end) - each.began for each in firings]
    return Outcome(
        threshold=threshold,
        firings=tuple(firings),
        comparison=compare(firings, incidents),
        firing_time=sum(lengths, timedelta(0)),
        longest=max(lengths, default=timedelta(0)),
        messages=Counter(messages),
        hours=hours,
    )


@pytest.fixture
def result(db):
    """Fires twice instead of once; of two known incidents one is caught, one missed, one firing is new."""
    threshold = store.load_threshold(db, ALERT.name)
    first = Firing(
        entity="all",
        began=at("2026-03-02 09:00"),
        ended=at("2026-03-02 13:00"),
        worst=Decimal("61.25"),
        sample_size=1240,
    )
    second = Firing(
        entity="all", began=at("2026-03-10 20:00"), ended=None, worst=Decimal(70), sample_size=90, told=False
    )
    incidents = (
        KnownIncident(
            id=uuid.UUID(int=1), entity="all", severity="critical",
            triggered_at=at("2026-03-02 10:04"), resolved_at=at("2026-03-02 13:04"), resolved_by="recovered",
        ),
        KnownIncident(
            id=uuid.UUID(int=2), entity="all", severity="critical",
            triggered_at=at("2026-03-05 03:04"), resolved_at=at("2026-03-05 04:30"), resolved_by="ann@example.com",
        ),
    )  # fmt: skip
    told = {("pagerduty", Event.TRIGGER): 1, ("pagerduty", Event.RESOLVE): 1}
    return ReplayResult(
        alert=ALERT,
        window=WINDOW,
        changes={"threshold_value": 95, "cooldown_minutes": 600},
        current=outcome(threshold, [first], incidents, told),
        proposed=outcome(threshold, [first, second], incidents, {**told, ("pagerduty", Event.REPEAT): 2}),
        incidents=incidents,
        points=tuple(Point(at=hour + HOUR, value=Decimal(97), sample_size=300) for hour in WINDOW.hours()),
        first_hour=at("2026-03-01 05:00"),
    )


def test_the_whole_report(result):
    assert (
        report(result)
        == """\
Replay of delivery_rate_critical: SMS delivery rate is low
2026-03-01 00:00 to 2026-03-11 00:00 UTC (240 hours)
Proposed: threshold_value = 95, cooldown_minutes = 600
There is no history before 2026-03-01 05:00 UTC.

Fires 2 times, instead of 1; catches 1 of 2 known incidents; 4 messages.

                                           now  proposed
Condition                               < 90 %    < 90 %
Times fired                                  1         2
  held back by the cooldown throughout       0         1
Time firing                                4 h       8 h
  longest                                  4 h       4 h
Known incidents caught                  1 of 2    1 of 2
  missed                                     1         1
Firings without a known incident             0         1
Messages                                     2         4
  pagerduty: repeat                          0         2
  pagerduty: resolve                         1         1
  pagerduty: trigger                         1         1
Hours judged                               236       236
  in breach                                  6         6
Hours with too small a sample                3         3
Hours without data                           1         1

FIRINGS OF THE PROPOSED THRESHOLD
──────────────────────────────────────────────────────────────────────────────
began             lasted                  worst  sample  known incident
2026-03-02 09:00  4 h                   61.25 %   1,240  1 h earlier
2026-03-10 20:00  still open, not told     70 %      90  none

KNOWN INCIDENTS THAT IT MISSES
──────────────────────────────────────────────────────────────────────────────
began             lasted      ended by
2026-03-05 03:04  1 h 26 min  ann@example.com

Silences, mute windows, inhibition and what people did are left out. Firings
are counted from the stored data as they are now, which late data may have
changed since; times are UTC.
"""
    )


def test_a_long_list_is_cut_and_says_so(result):
    assert "\nand 1 more\n" in report(result, most_lines=1)


@pytest.mark.parametrize(
    ("hours", "words"), [(0, "same hour"), (1, "1 h earlier"), (-3, "3 h later"), (30, "30 h earlier"), (None, "")]
)
def test_a_lead_in_words(hours, words):
    assert lead_words(None if hours is None else hours * HOUR) == words


def test_json_has_all_but_the_chart(result):
    content = as_json(result)
    assert json.loads(json.dumps(content)) == content
    assert content["totals"]["proposed"] == {
        "firings": 2,
        "firings_not_told": 1,
        "firings_without_known_incident": 1,
        "hours_firing": 8.0,
        "longest_hours": 4.0,
        "incidents_caught": 1,
        "incidents_missed": 1,
        "messages": 4,
        "messages_by_channel": {"pagerduty": {"repeat": 2, "resolve": 1, "trigger": 1}},
        "hours": {"ok": 230, "breach": 6, "no_data": 1, "insufficient_data": 3, "error": 0},
    }
    assert content["firings"][0] == {
        "entity": "all",
        "began": "2026-03-02T09:00:00+00:00",
        "ended": "2026-03-02T13:00:00+00:00",
        "worst": 61.25,
        "sample_size": 1240,
        "told": True,
        "hours": 4.0,
        "new": False,
        "incidents": [str(uuid.UUID(int=1))],
    }
    assert [(each["caught"], each["hours_earlier"]) for each in content["incidents"]] == [(True, 1.0), (False, None)]


def test_the_summary_is_small(result):
    assert len(json.dumps(summary(result))) < 2000
    assert summary(result)["headline"] == headline(result)


def test_the_row_holds_who_what_and_the_chart_and_a_retry_replaces_it(db, result):
    first = save(db, result, requested_by="ann", run_id="manual__1")
    assert save(db, result, requested_by="ann", run_id="manual__1") == first
    save(db, result, requested_by="bob")
    save(db, result, requested_by="bob")
    rows = db.execute(
        "SELECT requested_by, alert_type, changes, totals -> 'proposed' -> 'firings', jsonb_array_length(firings),"
        " jsonb_array_length(incidents), chart ->> '$schema' LIKE '%vega-lite%', range_end"
        " FROM sms_threshold_replays ORDER BY id"
    ).fetchall()
    assert rows[0] == ("ann", ALERT.name, dict(result.changes), 2, 2, 2, True, WINDOW.end)
    assert [row[0] for row in rows] == ["ann", "bob", "bob"]


def test_the_chart_is_of_the_result(result):
    assert chart(result, width="container")["width"] == "container"
