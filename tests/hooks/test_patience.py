"""How long a call may take in all."""

from __future__ import annotations

import threading
from contextvars import ContextVar

import pytest

from sms_monitoring.hooks.patience import OutOfPatienceError, at_most

NAME: ContextVar[str] = ContextVar("NAME", default="none")


def test_what_is_done_in_time_is_returned():
    assert at_most(5, lambda: 42) == 42


def test_what_is_raised_in_time_is_raised():
    with pytest.raises(ZeroDivisionError):
        at_most(5, lambda: 1 / 0)


def test_a_time_out_of_the_call_is_its_own():
    def call():
        raise TimeoutError("of the socket")

    with pytest.raises(TimeoutError, match="of the socket") as raised:
        at_most(5, call)
    assert not isinstance(raised.value, OutOfPatienceError)


def test_what_takes_longer_is_not_waited_for():
    over = threading.Event()
    with pytest.raises(OutOfPatienceError, match=r"no answer within 0\.05 s"):
        at_most(0.05, over.wait)
    over.set()


def test_the_context_is_that_of_the_caller():
    token = NAME.set("mine")
    assert at_most(5, NAME.get) == "mine"
    NAME.reset(token)
