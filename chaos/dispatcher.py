"""One dispatcher: it dispatches once, in a process of its own where it may be killed."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from random import Random
from typing import TYPE_CHECKING, NoReturn

from chaos.fate import FatedChannel, FatedConnection
from sms_monitoring import db
from sms_monitoring.notify.dispatch import dispatch

if TYPE_CHECKING:
    from pathlib import Path

    from chaos.fate import Fate
    from chaos.world import Way, World

# Longer than any dispatch takes: whoever hangs is ended, and that is a finding.
LONGEST_SECONDS = 60


def connect(uri: str) -> FatedConnection:
    """A connection as the product opens it."""
    conn = FatedConnection.connect(uri, autocommit=True)
    db.prepared(conn)
    return conn


def dispatch_once(world: World, conn: FatedConnection, channel: str, worker: str, fate: Fate, way: Way) -> None:
    """Dispatch in this process; what is raised is a fault of the dispatch.

    :param worker: its name in the outbox.
    """
    channels = way.take()
    conn.fate = fate
    try:
        dispatch(
            conn,
            channel,
            worker,
            load=lambda name: FatedChannel(name, channels[name], fate, world.receivers),
            pause=lambda _: None,
            random=Random(fate.life).random,  # noqa: S311 - to be had again, not to be secret
        )
    finally:
        conn.fate = None


def fork_dispatcher(world: World, channel: str, worker: str, fate: Fate, way: Way, output: Path) -> int:
    """Dispatch in a new process; returns its id. It ends with 0, with 1 where the dispatch raised, or killed.

    :param output: gets what it prints.
    """
    return os.fork() or _dispatch_and_exit(world, channel, worker, fate, way, output)


def _dispatch_and_exit(world: World, channel: str, worker: str, fate: Fate, way: Way, output: Path) -> NoReturn:
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(LONGEST_SECONDS)
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, 1)
        os.dup2(file, 2)
        with connect(world.uri) as conn:
            dispatch_once(world, conn, channel, worker, fate, way)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Nothing of the parent's is ended or written here.
        os._exit(status)
