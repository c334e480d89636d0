"""A folder in memory, for the data of tests: a database a test is some hundred small files, at which disks are slow.

It outlives the process, as the server over it does; ``make clean`` deletes it, and so does a restart of the machine.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

# Linux's file system in memory; containers may have a small one.
MEMORY = Path("/dev/shm")  # noqa: S108 - anybody may write there: only a folder of our own is used
ROOM = 4 * 1024**3


def find(checkout: Path) -> Path | None:
    """The folder of this checkout and user, if there is one."""
    folder = _folder(checkout)
    try:
        status = folder.lstat()
    except OSError:
        return None
    is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o022
    return folder if is_ours else None


def make(checkout: Path) -> Path | None:
    """The folder, made as needed; None where there is no memory for it, or somebody else has taken its name."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= ROOM:
            _folder(checkout).mkdir(mode=0o700)
    return find(checkout)


def delete(checkout: Path) -> None:
    """Delete the folder with all that is in it."""
    if folder := find(checkout):
        shutil.rmtree(folder)


def _folder(checkout: Path) -> Path:
    name = hashlib.sha256(str(checkout.resolve()).encode()).hexdigest()[:12]
    return MEMORY / f"sms-monitoring-{os.getuid()}-{name}"
