"""Files that are whole at any moment."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp


def replace_text(path: Path, text: str, mode: int = 0o600) -> None:
    """Put ``text`` in place of the file in one step: readers, and a process that is killed, never see half of it.

    :param mode: who may read it; its owner alone until it is whole.
    :raises OSError: when the folder cannot be written to; nothing is left behind.
    """
    handle, temporary = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
