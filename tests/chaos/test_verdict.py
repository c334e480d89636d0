"""The checker finds what must not be: given this evidence, expect these figures."""

from __future__ import annotations

import pytest
from chaos.evidence import Evidence, Opened, OutboxRow, Request
from chaos.journal import Entry
from chaos.verdict import MUST_BE_ZERO, judge

TRIGGER, REPEAT, RESOLVE = "trigger", "repeat", "resolve"


def row(number, event=TRIGGER, status="sent", *, channel="slack", incident="a", **more):
    return OutboxRow(
        number=number, id=100 + number, event=event, channel=channel, dedup_key=incident, status=status, **more
    )


def took(number, send, *, accepted=True, status=200):
    return Request(rows=frozenset({(number, send)}), accepted=accepted, status=status)


class Story:
    """Writes a journal as dispatchers do, one entry a second."""

    def __init__(self):
        self.entries: list[Entry] = []

    def __call__(self, life, what, **facts):
        self.entries.append(Entry(life, what, float(len(self.entries)), facts))
        return self

    def sends(self, life, send, *numbers):
        return self(life, "send", send=send, rows=list(numbers))

    def hears(self, life, send, answer="Delivered"):
        return self(life, "answer", send=send, answer=answer)

    def marks(self, life, *numbers):
        return self(life, "marked", ids=[100 + number for number in numbers])

    def dies(self, life, step="send", moment="after"):
        return self(life, "kill", step=step, moment=moment)

    def delivers(self, life, send, *numbers):
        return self.sends(life, send, *numbers).hears(life, send).marks(life, *numbers)


def verdict(rows, requests=(), story=None, **more):
    return judge(
        Evidence(rows=tuple(rows), requests=tuple(requests), journal=tuple((story or Story()).entries), **more)
    )


def found(judged):
    """The figures that are not zero, of those that tell of what was lost or said twice."""
    figures = (*MUST_BE_ZERO, "duplicate_unanswered", "pagerduty_folded")
    return {name: judged.counts[name] for name in figures if judged.counts[name]}


def test_delivered_once_is_nothing_to_speak_of():
    judged = verdict([row(0)], [took(0, 1)], Story().delivers(1, 1, 0))
    assert found(judged) == {}
    assert judged.faults == ()
    assert judged.counts["sent"] == judged.counts["requests"] == 1


# ── Lost ──


@pytest.mark.parametrize("status", ["pending", "sending"])
def test_a_row_that_still_waits_is_lost(status):
    judged = verdict([row(0, status=status, last_error="no route")])
    assert found(judged) == {"lost": 1}
    assert judged.faults == (f"lost: row 0 (trigger, {status}) still waits: no route",)


def test_a_row_marked_as_sent_that_never_arrived_is_lost():
    assert found(verdict([row(0), row(1, incident="b")], [took(0, 1)], Story().delivers(1, 1, 0))) == {"lost": 1}


def test_a_row_that_was_only_refused_is_lost_when_it_is_marked_as_sent():
    assert found(verdict([row(0)], [took(0, 1, accepted=False, status=500)])) == {"lost": 1}


def test_a_row_given_up_without_need_is_lost():
    refused = took(0, 1, accepted=False, status=500)
    judged = verdict([row(0, status="failed", attempts=2)], [refused], known_failing=frozenset({"slack"}))
    assert found(judged) == {"lost": 1}


@pytest.mark.parametrize(("channel", "status", "lost"), [("slack", 400, 0), ("slack", 429, 1), ("email", 450, 1)])
def test_a_row_that_the_far_side_refused_for_good_is_not_lost(channel, status, lost):
    refused = took(0, 1, accepted=False, status=status)
    judged = verdict([row(0, status="failed", channel=channel)], [refused], known_failing=frozenset({channel}))
    assert judged.counts["lost"] == lost


def test_a_row_whose_attempts_ran_out_is_not_lost_if_people_are_told():
    given_up = [row(0, status="failed", attempts=10)]
    assert found(verdict(given_up, known_failing=frozenset({"slack"}))) == {}
    assert found(verdict(given_up)) == {"lost": 1}


def test_an_end_is_not_lost_where_nobody_heard_of_the_beginning():
    held = row(1, RESOLVE, "suppressed", suppressed_reason="trigger_not_delivered")
    failed = row(0, status="failed", attempts=10)
    assert found(verdict([failed, held], known_failing=frozenset({"slack"}))) == {}
    assert found(verdict([row(0), held], [took(0, 1)], Story().delivers(1, 1, 0))) == {"lost": 1}


def test_a_repeat_may_give_way_to_the_end_but_a_beginning_may_not():
    rows = [row(0), row(1, REPEAT, "suppressed", suppressed_reason="superseded"), row(2, RESOLVE)]
    story = Story().delivers(1, 1, 0).delivers(1, 2, 2)
    assert found(verdict(rows, [took(0, 1), took(2, 2)], story)) == {}
    rows[0] = row(0, status="suppressed", suppressed_reason="superseded")
    assert found(verdict(rows, [took(2, 2)], story))["lost"] == 1


# ── Twice ──


def test_sent_again_after_an_answer_was_received_is_a_duplicate():
    story = Story().delivers(1, 1, 0).delivers(2, 2, 0)
    judged = verdict([row(0)], [took(0, 1), took(0, 2)], story)
    assert found(judged) == {"duplicate_answered": 1}
    assert judged.faults == ("duplicate_answered: row 0 (trigger, sent) was sent again after its answer was received",)


def test_sent_again_after_an_answer_was_received_is_a_duplicate_also_if_the_second_is_killed():
    story = Story().delivers(1, 1, 0).sends(2, 2, 0).dies(2)
    assert found(verdict([row(0)], [took(0, 1), took(0, 2)], story)) == {"duplicate_answered": 1}


def test_one_send_that_arrives_twice_is_a_duplicate():
    assert found(verdict([row(0)], [took(0, 1), took(0, 1)], Story().delivers(1, 1, 0))) == {"duplicate_answered": 1}


def test_sent_again_because_the_answer_was_lost_is_counted_apart():
    story = Story().sends(1, 1, 0).hears(1, 1, "RetryLater").delivers(1, 2, 0)
    assert found(verdict([row(0)], [took(0, 1), took(0, 2)], story)) == {"duplicate_unanswered": 1}


def test_killed_between_the_answer_and_the_mark_counts_as_unanswered():
    story = Story().sends(1, 1, 0).hears(1, 1).dies(1, "mark", "before").delivers(2, 2, 0)
    judged = verdict([row(0)], [took(0, 1), took(0, 2)], story)
    assert found(judged) == {"duplicate_unanswered": 1}
    assert judged.counts["kills"] == judged.counts["kills_mark"] == 1


def test_of_a_group_each_row_counts():
    both = [Request(rows=frozenset({(0, send), (1, send)}), accepted=True, status=200) for send in (1, 2)]
    story = Story().sends(1, 1, 0, 1).dies(1).delivers(2, 2, 0, 1)
    assert found(verdict([row(0), row(1, incident="b")], both, story)) == {"duplicate_unanswered": 2}


def test_two_living_dispatchers_with_one_row_are_found_even_if_it_was_taken_once():
    story = Story().sends(1, 1, 0).sends(2, 2, 0).hears(1, 1).hears(2, 2, "RetryLater").marks(1, 0)
    assert found(verdict([row(0)], [took(0, 1)], story)) == {"claimed_twice": 1}


def test_a_dispatcher_that_is_dead_holds_nothing():
    story = Story().sends(1, 1, 0).dies(1).delivers(2, 2, 0)
    assert found(verdict([row(0)], [took(0, 2)], story)) == {}


# ── PagerDuty ──


def pagerduty(statuses, *requests):
    rows = [row(0, channel="pagerduty"), row(1, RESOLVE, channel="pagerduty")]
    opened = tuple(Opened(row=0, status=status) for status in statuses)
    story = Story().sends(1, 1, 0).dies(1).delivers(2, 2, 0).delivers(2, 3, 1)
    return found(verdict(rows, requests or [took(0, 1), took(0, 2), took(1, 3)], story, opened=opened))


def test_what_pagerduty_folds_is_no_duplicate():
    assert pagerduty(["resolved"]) == {"pagerduty_folded": 1}


def test_a_second_incident_is_a_duplicate_also_after_the_first_is_over():
    assert pagerduty(["resolved", "resolved"])["duplicate_pagerduty"] == 1


def test_an_end_that_leaves_an_incident_open_is_lost():
    assert pagerduty(["triggered"])["lost"] == 1


# ── Order ──


def test_an_end_before_its_beginning_is_out_of_order():
    story = Story().delivers(1, 1, 1).delivers(1, 2, 0)
    # Both are wrong: the end without a beginning, and the beginning after the end.
    assert found(verdict([row(0), row(1, RESOLVE)], [took(1, 1), took(0, 2)], story)) == {"out_of_order": 2}


def test_a_repeat_after_the_end_is_out_of_order():
    rows = [row(0), row(1, REPEAT), row(2, RESOLVE)]
    story = Story().delivers(1, 1, 0).delivers(1, 2, 2).delivers(1, 3, 1)
    assert found(verdict(rows, [took(0, 1), took(2, 2), took(1, 3)], story)) == {"out_of_order": 1}


def test_other_incidents_have_nothing_to_do_with_it():
    rows = [row(0), row(1, RESOLVE), row(2, incident="b")]
    story = Story().delivers(1, 1, 0).delivers(1, 2, 1).delivers(1, 3, 2)
    assert found(verdict(rows, [took(0, 1), took(1, 2), took(2, 3)], story)) == {}


def test_a_dispatcher_that_raises_is_found():
    judged = verdict([row(0)], [took(0, 1)], Story().delivers(1, 1, 0), crashed=("Traceback: KeyError",))
    assert found(judged) == {"crashed": 1}
    assert "KeyError" in judged.faults[0]
