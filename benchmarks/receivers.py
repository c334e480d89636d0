"""Local receivers in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.bench import BenchmarkError
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.processes import TETHER
from sms_monitoring.local.receivers import ReceiversClient

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 60


@contextmanager
def receivers() -> Iterator[ReceiversClient]:
    """Running receivers; they end with the ``with`` block, and with this process.

    :raises BenchmarkError: when they do not start.
    """
    tethered = [sys.executable, "-S", str(TETHER), str(os.getpid())]
    program = [*tethered, sys.executable, "-m", "sms_monitoring.local.receivers"]
    with TemporaryDirectory() as folder:
        ready = Path(folder, "ready")
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*program, "--ready-file", str(ready)],
            env={**os.environ, "PYTHONPATH": str(Layout.of_this_checkout().plugins)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise BenchmarkError("the local receivers did not start")
                time.sleep(0.05)
            yield ReceiversClient(json.loads(ready.read_text(encoding="utf-8"))["url"])
        finally:
            process.terminate()
            process.wait()
