"""Delivers a channel's outbox from the API server, in the background, beside the DAGs that do so.

Claims and leases keep the two apart: what one sends the other leaves alone. What this process does not get to send,
because it has no way to the network or is stopped, the DAG ``sms_alert_followup`` sends within minutes.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid

from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
from sms_monitoring.notify.dispatch import dispatch

log = logging.getLogger(__name__)

# Of this process alone: whoever claims under its name is free to take what was claimed under it.
WORKER = f"api/{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"


class Deliverer:
    """One delivery at a time, however many are asked for; a channel asked for twice meanwhile is served once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: dict[str, None] = {}
        self._thread: threading.Thread | None = None

    def deliver(self, channel: str) -> None:
        """Have ``channel`` delivered soon."""
        with self._lock:
            self._wanted[channel] = None
            if self._thread is None:
                # A daemon: a server that stops does not wait for a far side that does not answer.
                self._thread = threading.Thread(target=self._run, name="sms_monitoring_deliverer", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until all that is asked for is done, or time is up."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _run(self) -> None:
        while (channel := self._next()) is not None:
            try:
                with SmsMetricsHook().connect() as conn:
                    log.info("%s: %s", channel, dispatch(conn, channel, WORKER))
            except Exception:
                log.exception("%s was not delivered from here", channel)

    def _next(self) -> str | None:
        with self._lock:
            if not self._wanted:
                self._thread = None
                return None
            channel = next(iter(self._wanted))
            del self._wanted[channel]
            return channel
