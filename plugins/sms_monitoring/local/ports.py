"""TCP ports on 127.0.0.1: the one that was asked for, or a free one."""

from __future__ import annotations

import os
import random
import socket

from sms_monitoring.local.errors import LocalStackError

HOST = "127.0.0.1"
# Below the range from which systems take the source ports of outgoing connections (32768 and up on Linux,
# 49152 and up elsewhere): a port found free here is not taken by chance before its server binds it.
FREE_RANGE = range(20_000, 30_000)


class PortError(LocalStackError):
    """No usable port; the message says why."""


def choose_port(variable: str) -> int:
    """The port that the environment variable ``variable`` names, else a free one.

    :raises PortError: when the variable is not a port number, or something listens there already.
    """
    asked = os.environ.get(variable, "").strip()
    if not asked:
        return free_port()
    if not asked.isdecimal() or not 1 <= int(asked) <= 65535:
        raise PortError(f"{variable}={asked!r} is not a port number (1 to 65535)")
    if not _is_free(int(asked)):
        raise PortError(f"{variable}={asked}: that port of {HOST} is in use or not permitted; unset it for a free one")
    return int(asked)


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on.

    :raises PortError: when none is found.
    """
    for port in random.SystemRandom().sample(FREE_RANGE, 200):
        if _is_free(port):
            return port
    raise PortError(f"no free port on {HOST} between {FREE_RANGE.start} and {FREE_RANGE.stop}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections linger in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
