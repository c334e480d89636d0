"""``make install``: pip, with a line of progress now and then in place of hundreds.

Standard library only: nothing else is installed yet.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SHOW_SECONDS = 5.0
TAIL_LINES = 30
STEPS = ("Collecting", "Downloading", "Processing", "Building", "Installing")
LOG = Path(".local/logs/install.log")


def main(requirements: list[str]) -> int:
    """Run ``pip install`` with ``requirements`` as its arguments; returns its exit code."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *requirements]
    say("Installing some 200 packages; the first time takes a minute or more …")
    began = shown = time.monotonic()
    with LOG.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        while process.poll() is None:
            if time.monotonic() - shown > SHOW_SECONDS:
                shown = time.monotonic()
                say(f"… {what_pip_does()} ({shown - began:.0f} s)")
            time.sleep(0.2)
    if process.returncode:
        say(f"pip failed; the end of {LOG}:")
        say("\n".join(f"  {line}" for line in lines()[-TAIL_LINES:]))
    else:
        say(f"✓ Installed in {time.monotonic() - began:.0f} s")
    return process.returncode


def what_pip_does() -> str:
    """The last thing that pip began, e.g. ``Collecting altair==6.3.0``."""
    steps = [line.split() for line in lines() if line.lstrip().startswith(STEPS)]
    return " ".join(steps[-1][:2]) if steps else "pip starts"


def lines() -> list[str]:
    """What pip wrote so far."""
    return LOG.read_text(encoding="utf-8", errors="replace").splitlines()


def say(text: str) -> None:
    """Print to standard error: standard output belongs to the target that is made, e.g. the URI of `make db`."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
