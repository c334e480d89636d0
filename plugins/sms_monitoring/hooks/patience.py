"""How long a call may take in all: a byte now and then keeps every time-out of a socket from running out."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class OutOfPatienceError(TimeoutError):
    """The call was not over in time. It goes on in its thread, and nobody waits for it."""


def at_most(seconds: float, call: Callable[[], Result]) -> Result:
    """What ``call`` returns or raises, if it does within ``seconds``.

    The thread is a daemon: it holds no process back from its end.

    :raises OutOfPatienceError: when it does not.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    thread = threading.Thread(target=copy_context().run, args=(run,), name="at-most", daemon=True)
    thread.start()
    thread.join(seconds)
    if not future.done():
        raise OutOfPatienceError(f"no answer within {seconds:g} s")
    return future.result()
