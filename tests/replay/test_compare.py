"""Given these firings and these known incidents, expect these caught, missed and new.

"9-12": open from 9 to 12 o'clock.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from sms_monitoring.replay.compare import compare
from sms_monitoring.replay.model import Firing, KnownIncident
from tests.product import at


def span(text):
    """ "9-12", "9:07-12:05", "9-": where it began, where it ended, None: still open; "9-12@T-Mobile": of an entity."""
    times, _, entity = text.partition("@")
    began, ended = (
        (at(f"{time:0>2}" if ":" in time else f"{int(time):02}:00") if time else None) for time in times.split("-")
    )
    return began, ended, entity or "all"


def firing(text):
    began, ended, entity = span(text)
    return Firing(entity=entity, began=began, ended=ended, worst=Decimal(50), sample_size=100)


def incident(text):
    began, ended, entity = span(text)
    return KnownIncident(
        id=uuid.uuid5(uuid.NAMESPACE_DNS, text),
        entity=entity,
        severity="critical",
        triggered_at=began,
        resolved_at=ended,
        resolved_by=ended and "recovered",
    )


@pytest.mark.parametrize(
    ("firings", "incidents", "leads", "new"),
    [
        pytest.param([], [], [], [], id="nothing at all"),
        pytest.param(["9-12"], [], [], [0], id="nothing known: new"),
        pytest.param([], ["9-12"], [None], [], id="never fires: missed"),
        pytest.param(["9-12"], ["9-12"], [0], [], id="the very same"),
        pytest.param(["9-12"], ["09:07-12:07"], [0], [], id="the scheduler's minutes are no lag"),
        pytest.param(["8-12"], ["9-12"], [1], [], id="an hour earlier"),
        pytest.param(["11-12"], ["09:07-12"], [-2], [], id="two hours later"),
        pytest.param(["9-10"], ["10-12"], [None], [0], id="over when it began: missed, and new"),
        pytest.param(["12-14"], ["9-12"], [None], [0], id="begins when it was over"),
        pytest.param(["9-"], ["10-12"], [1], [], id="still firing"),
        pytest.param(["9-12"], ["10-"], [1], [], id="the incident is still open"),
        pytest.param(["9-10", "11-12"], ["9-12"], [0], [], id="the first counts, none of both is new"),
        pytest.param(["9-15"], ["9-10", "12-13"], [0, 3], [], id="one firing, two incidents"),
        pytest.param(["9-12@AT&T"], ["9-12@T-Mobile"], [None], [0], id="of another entity"),
        pytest.param(["9-12@AT&T", "9-12"], ["9-12@AT&T"], [0], [1], id="of two entities, one is known"),
        pytest.param(["9-10"], ["09:10-09:20"], [0], [], id="resolved by a person within the hour"),
    ],
)
def test_what_is_caught_missed_and_new(firings, incidents, leads, new):
    fired = [firing(text) for text in firings]
    found = compare(fired, [incident(text) for text in incidents])
    hours = [None if match.lead is None else match.lead / timedelta(hours=1) for match in found.matches]
    assert hours == leads
    assert found.new == tuple(fired[index] for index in new)
    assert len(found.caught) == sum(lead is not None for lead in leads)
    assert len(found.missed) == sum(lead is None for lead in leads)
