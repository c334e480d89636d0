"""Whether the API server is about to stop: it waits for its connections, so that streams have to end by themselves."""

from __future__ import annotations

import signal


def is_stopping() -> bool:
    """Whether this process was told to stop.

    Uvicorn tells an application only once all connections are closed, after two minutes at the latest as Airflow
    starts it. Its server knows at once, and it is what handles the signal, also as gunicorn's worker; there is no
    other way to it. Of another server this says False.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(server, "should_exit", False))
