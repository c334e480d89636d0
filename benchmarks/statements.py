"""Notes which SQL the API runs for a request: the same application, in this process, with an ear at psycopg.

Reads a pickled ``(token, paths)`` from standard input; writes ``{path: [(query, parameters), …]}`` to standard output.
"""

from __future__ import annotations

import contextlib
import pickle
import sys
from typing import Any

import psycopg
from psycopg.sql import Composable

from benchmarks.databases import bench_sql
from benchmarks.server import API
from sms_monitoring import db


def main() -> None:
    """Ask for each path once and write what was run."""
    token, paths = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own program
    noted: list[tuple[bytes, Any]] = []
    with contextlib.redirect_stdout(sys.stderr):
        result = _note(token, paths, noted)
    sys.stdout.buffer.write(pickle.dumps(result))


def _note(token: str, paths: list[str], noted: list[tuple[bytes, Any]]) -> dict[str, list[tuple[bytes, Any]]]:
    from airflow.api_fastapi.app import create_app
    from fastapi.testclient import TestClient

    execute = psycopg.Cursor.execute

    def listening(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        text = query.as_bytes(self) if isinstance(query, Composable) else query
        noted.append((text.encode() if isinstance(text, str) else text, params))
        return execute(self, query, params, **options)

    client = TestClient(create_app(apps="core"), headers={"Authorization": f"Bearer {token}"})
    found = {}
    for path in paths:
        client.get(API + path)  # opens connections
        with db.connect() as conn:
            conn.execute(bench_sql("numbers_changed").encode())  # no answer that was kept
        psycopg.Cursor.execute = listening  # type: ignore[method-assign, assignment]
        noted.clear()
        answer = client.get(API + path)
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
        if answer.status_code != 200:
            raise SystemExit(f"GET {path} was answered {answer.status_code}: {answer.text[:300]}")
        # The pool sees with an empty statement whether a connection still lives: that is no SQL of the request.
        found[path] = [(query, parameters) for query, parameters in noted if query.strip()]
    return found


if __name__ == "__main__":
    main()
