"""Starts a program that ends when its starter ends, however that happens (Linux; elsewhere it just starts it).

Run as a script: ``python -S tether.py STARTER_PID PROGRAM ARGUMENT…``. A script of its own, because code
between fork and exec (``preexec_fn``) is unsafe in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ask the kernel for SIGTERM at the starter's death, then become the program."""
    starter, *command = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != int(starter):  # it died before the kernel was asked
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
