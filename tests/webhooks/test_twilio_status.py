"""What a status callback says."""

from __future__ import annotations

import pytest

from sms_monitoring.api.errors import ApiError
from sms_monitoring.webhooks.twilio_status import STATUSES, Receipt, parse, read_form
from tests.webhooks.twilio import SID


def said(form: str) -> Receipt | None:
    return parse(read_form(form.encode()))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (f"MessageSid={SID}&MessageStatus=delivered", Receipt(SID, "delivered")),
        (f"MessageSid={SID}&MessageStatus=undelivered&ErrorCode=30005", Receipt(SID, "undelivered", 30005)),
        (f"SmsSid={SID}&SmsStatus=sent", Receipt(SID, "sent")),
        (f"SmsSid=SM00&MessageSid={SID}&SmsStatus=sent&MessageStatus=delivered", Receipt(SID, "delivered")),
        (f"MessageSid=&SmsSid={SID}&MessageStatus=sent", Receipt(SID, "sent")),
        (f"MessageSid={SID}&MessageSid={SID}&MessageStatus=sent", Receipt(SID, "sent")),
        (f"MessageSid={SID}&MessageStatus=Delivered", Receipt(SID, "delivered")),
        (f"MessageSid={SID}&MessageStatus=failed&ErrorCode=", Receipt(SID, "failed")),
        (f"MessageSid={SID}&MessageStatus=failed&ErrorCode=30x", Receipt(SID, "failed")),
        (f"MessageSid={SID}&MessageStatus=failed&ErrorCode=99999999999", Receipt(SID, "failed")),
        (f"MessageSid={SID}&MessageStatus=teleported", None),
        (f"MessageSid={SID}&MessageStatus=received", None),
    ],
    ids=[
        "today's names",
        "with a reason",
        "the names of before",
        "both: today's count",
        "an empty one is none",
        "repeated, the same",
        "capitals",
        "an empty reason",
        "a reason that is no number",
        "a reason beyond all numbers",
        "an unknown status",
        "a status of incoming messages",
    ],
)
def test_what_it_says(form, expected):
    assert said(form) == expected


@pytest.mark.parametrize(
    ("form", "parameter", "message"),
    [
        ("MessageStatus=sent", "MessageSid", "MessageSid is missing."),
        (f"MessageSid={SID}", "MessageStatus", "MessageStatus is missing."),
        (f"MessageSid={SID}&MessageStatus=", "MessageStatus", "MessageStatus is missing."),
        (f"MessageSid={SID}&MessageSid=SM1&MessageStatus=sent", "MessageSid", "more than once, with different values"),
        (f"MessageSid={SID}&MessageStatus=sent&MessageStatus=read", "MessageStatus", "with different values"),
        ("MessageSid=SM%00&MessageStatus=sent", "MessageSid", "not the id of a message"),
        (f"MessageSid={'S' * 65}&MessageStatus=sent", "MessageSid", "not the id of a message"),
        ("MessageSid='; DROP TABLE sms_messages --&MessageStatus=sent", "MessageSid", "not the id of a message"),
    ],
)
def test_what_is_missing_or_ambiguous_is_named(form, parameter, message):
    with pytest.raises(ApiError, match=message) as error:
        said(form)
    assert (error.value.status, error.value.parameter) == (422, parameter)


def test_a_form_of_too_many_parameters_is_refused():
    with pytest.raises(ApiError, match="more than 200 parameters"):
        read_form(b"&".join(b"a=1" for _ in range(201)))


def test_a_form_that_is_no_utf8_is_read_as_far_as_it_goes():
    assert read_form(b"To=%ff\xfe&MessageSid=SM1")["MessageSid"] == "SM1"


def test_the_database_knows_the_same_statuses_in_the_same_order(db):
    known = db.execute("SELECT unnest(enum_range(NULL::sms_receipt_status))::text").fetchall()
    assert tuple(status for (status,) in known) == STATUSES
