"""The receivers as a process of their own, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from sms_monitoring.local.receivers.server import Receivers


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sms_monitoring.local.receivers", description=__doc__)
    parser.add_argument("--http-port", type=int, default=0, help="all but mail, control and page too; 0: a free one")
    parser.add_argument("--smtp-port", type=int, default=0, help="mail; 0: a free one")
    parser.add_argument("--ready-file", type=Path, help="gets the URL and ports as JSON as soon as they serve")
    parser.add_argument("--log", type=Path, help="JSON Lines file that keeps what arrived over a restart")
    options = parser.parse_args(arguments)

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Receivers(http_port=options.http_port, smtp_port=options.smtp_port, log=options.log) as receivers:
            ready = {"url": receivers.url, "http_port": receivers.http_port, "smtp_port": receivers.smtp_port}
            print(json.dumps(ready), flush=True)
            if options.ready_file:
                _write_whole(options.ready_file, json.dumps(ready))
            stop.wait()
    except (OSError, ValueError) as error:
        print(f"local receivers: {error}", file=sys.stderr)
        return 1
    finally:
        if options.ready_file:
            options.ready_file.unlink(missing_ok=True)
    return 0


def _write_whole(path: Path, text: str) -> None:
    # Whoever waits for the file never sees half of it.
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    sys.exit(main())
