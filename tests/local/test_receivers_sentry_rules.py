"""What the stand-in of Sentry makes of an envelope."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from tests.local.posts import envelope, post_envelope

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers

EVENT = {"event_id": "e" * 32, "level": "error", "exception": {"values": [{"type": "ValueError", "value": "x"}]}}


def test_an_event_is_taken_and_answered_with_its_id(receivers: Receivers) -> None:
    answer = post_envelope(receivers.url, envelope(EVENT))
    assert (answer.status_code, answer.json()) == (200, {"id": "e" * 32})
    [record] = receivers.received("sentry", accepted=True)
    assert record["content"] == {"items": ["event"], "event": EVENT}


def test_packed_as_the_sdk_does(receivers: Receivers) -> None:
    post_envelope(receivers.url, gzip.compress(envelope(EVENT)), **{"Content-Encoding": "gzip"})
    assert receivers.received("sentry")[0]["content"]["event"] == EVENT


def test_an_item_without_a_length_ends_with_its_line(receivers: Receivers) -> None:
    lines = [{}, {"type": "client_report"}, {"discarded_events": []}, {"type": "event"}, EVENT]
    post_envelope(receivers.url, b"\n".join(json.dumps(line).encode() for line in lines))
    assert receivers.received("sentry")[0]["content"] == {"items": ["client_report", "event"], "event": EVENT}


@pytest.mark.parametrize(("key", "project"), [("other", "1"), ("", "1"), (None, "2")])
def test_another_dsn_is_refused(receivers: Receivers, key: str | None, project: str) -> None:
    more = {} if key is None else {"key": key}
    assert post_envelope(receivers.url, envelope(EVENT), project=project, **more).status_code == 403


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"nonsense", ""), (b"[]", ""), (b"{}\n{", ""), (b"{}", "gzip"), (b"{}", "br")]
)
def test_what_is_no_envelope_is_refused(receivers: Receivers, body: bytes, encoding: str) -> None:
    assert post_envelope(receivers.url, body, **{"Content-Encoding": encoding}).status_code == 400


def test_an_event_that_is_too_large_is_refused(receivers: Receivers) -> None:
    assert post_envelope(receivers.url, envelope({**EVENT, "extra": "x" * 1024 * 1024})).status_code == 413
