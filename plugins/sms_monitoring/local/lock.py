"""At most one stack runs in a checkout: the lock goes with the process that holds it, also at a kill -9."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sms_monitoring.local.errors import LocalStackError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class AlreadyRunningError(LocalStackError):
    """Another stack of this checkout runs."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock ``path`` for the length of the block.

    :raises AlreadyRunningError: when another process holds it; the message names it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise AlreadyRunningError(
                f"the local stack of this checkout runs already (process {pid}); stop it first"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
