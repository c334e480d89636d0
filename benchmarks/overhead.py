"""What an answer of the API costs over the SQL that it runs."""

from __future__ import annotations

import pickle
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.bench import BenchmarkError, seconds_of
from benchmarks.databases import bench_sql
from benchmarks.server import OPERATOR
from sms_monitoring import db

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.bench import Bench
    from benchmarks.server import Server
    from sms_monitoring.db import Connection

# A statement and its parameters, as psycopg took them.
Statement = tuple[bytes, Any]


def overhead_ratio(bench: Bench, server: Server, uri: str, paths: Sequence[str]) -> float:
    """Medians of all requests added up, divided by the medians of their own SQL added up.

    Every answer is made anew: the numbers change before each request, as they do once an hour, so that none is one
    that the API has kept. The SQL is that against the metrics database; what Airflow asks its own counts as overhead.
    """
    changed = bench_sql("numbers_changed").encode()
    with bench.steps.step("Noting the SQL of each request"):
        statements = _statements(server, paths)
    client = server.client(OPERATOR)
    answers: dict[str, list[float]] = {path: [] for path in paths}
    queries: dict[str, list[float]] = {path: [] for path in paths}
    repetitions = bench.size(30, 2)
    with bench.steps.step(f"Each request and its SQL, {repetitions} times"), db.connect(uri) as conn:
        for number in range(repetitions + 2):
            for path in paths:
                conn.execute(changed)
                answer = client.get(path)
                query = seconds_of(lambda: _run(conn, statements[path]))  # noqa: B023 - called at once
                if number >= 2:  # the first ones prepare statements and fill caches
                    answers[path].append(answer)
                    queries[path].append(query)
    client.close()
    bench.steps.say("    answer ms   SQL ms   ratio   statements")
    for path in paths:
        answer, query = median(answers[path]) * 1000, median(queries[path]) * 1000
        ratio = f"{answer / query:7.2f}" if statements[path] else "      –"
        bench.steps.say(f"    {answer:9.1f} {query:8.1f} {ratio} {len(statements[path]):12}   {path}")
    return sum(map(median, answers.values())) / sum(map(median, queries.values()))


def _run(conn: Connection, statements: Sequence[Statement]) -> None:
    for query, parameters in statements:
        cursor = conn.execute(query, parameters)
        if cursor.description is not None:
            cursor.fetchall()


def _statements(server: Server, paths: Sequence[str]) -> dict[str, list[Statement]]:
    """path → its statements, in order, noted by an API of its own in the server's environment."""
    asked = pickle.dumps((server.tokens[OPERATOR], list(paths)))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.statements"],
        input=asked,
        env={**server.environment, "PYTHONPATH": f"{server.environment['PYTHONPATH']}:."},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"noting the SQL of requests failed: {done.stderr.decode()[-2000:]}")
    noted: dict[str, list[Statement]] = pickle.loads(done.stdout)  # noqa: S301 - our own program's
    return noted
