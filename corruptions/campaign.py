"""All corruptions, each done to a copy of the same history, in several processes side by side."""

from __future__ import annotations

import logging
import uuid
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import sql

from corruptions.corruption import Corruption
from corruptions.history import Span, make
from sms_monitoring import db
from sms_monitoring.quality.model import CheckResult, Plan, Report, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sms_monitoring.local.postgres import EmbeddedPostgres
    from sms_monitoring.quality.model import Suite

PREFIX = "sms_corruptions_"
HELPERS = Path(__file__).with_name("helpers.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the checks said of one corruption.

    :param caught: whether the check that it names failed, at the severity it names.
    :param said: what that check said instead: ``passed``, ``error: …``, ``not run``; or that it failed, and how.
    :param others: other checks of its suite that failed too.
    """

    corruption: Corruption
    caught: bool
    said: str
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Result:
    """What a campaign came to.

    :param false_alarms: what was found in the clean history: where, and what.
    """

    findings: list[Finding] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)

    @property
    def caught(self) -> int:
        """How many corruptions were found as they should be."""
        return sum(finding.caught for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One corruption and where to do it."""

    corruption: Corruption
    uri: str
    span: Span


def run_campaign(
    postgres: EmbeddedPostgres,
    corruptions: Sequence[Corruption],
    *,
    days: int,
    messages_per_day: int,
    clean_hours: int,
    jobs: int,
    tell: Callable[[str], None],
) -> Result:
    """Make the history, check it clean, then with each corruption; nothing is left of it.

    :param clean_hours: over how many of the newest hours the gate is run clean.
    :param tell: is told of each step.
    """
    span = Span.until_now(days)
    with _database(postgres) as clean:
        make(postgres.uri(clean), span, messages_per_day, tell)
        return _check(postgres, clean, corruptions, span, clean_hours, jobs, tell)


def _check(
    postgres: EmbeddedPostgres,
    clean: str,
    corruptions: Sequence[Corruption],
    span: Span,
    clean_hours: int,
    jobs: int,
    tell: Callable[[str], None],
) -> Result:
    result = Result()
    # Spawned: a forked process would share connections, and PostgreSQL's would-be cleaner at exit, with this one.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=logging.disable) as pool:
        tell("checking the clean history")
        for alarms in pool.map(
            _false_alarms, *zip(*_clean_runs(postgres.uri(clean), span, clean_hours, jobs), strict=True)
        ):
            result.false_alarms += alarms
        waiting = list(corruptions)
        while waiting:
            batch, waiting = waiting[:jobs], waiting[jobs:]
            result.findings += _corrupt(postgres, clean, batch, span, pool)
            tell(f"{len(result.findings)} of {len(corruptions)} corruptions, {result.caught} caught")
    return result


def _corrupt(
    postgres: EmbeddedPostgres, clean: str, batch: Sequence[Corruption], span: Span, pool: ProcessPoolExecutor
) -> list[Finding]:
    names = [f"{PREFIX}{uuid.uuid4().hex}" for _ in batch]
    try:
        futures = []
        for name, corruption in zip(names, batch, strict=True):
            _copy(postgres, clean, name)
            futures.append(pool.submit(_find, Task(corruption=corruption, uri=postgres.uri(name), span=span)))
        return [future.result() for future in as_completed(futures)]
    finally:
        for name in names:
            postgres.drop_database(name)


def _copy(postgres: EmbeddedPostgres, template: str, name: str) -> None:
    with db.connect(postgres.uri("postgres")) as conn:
        # Copied as files: through the log, as is usual, it would be written twice.
        conn.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


@contextmanager
def _database(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = f"{PREFIX}{uuid.uuid4().hex}"
    postgres.create_database(name)
    try:
        yield name
    finally:
        postgres.drop_database(name)


def prefer_speed(postgres: EmbeddedPostgres) -> None:
    """Let the server, which holds nothing but copies, write to disk when it likes: they are made far faster then."""
    with db.connect(postgres.uri("postgres")) as conn:
        for setting in (
            "fsync = off",
            "full_page_writes = off",
            "autovacuum = off",
            "max_wal_size = '4GB'",
            "jit = off",
        ):
            conn.execute(f"ALTER SYSTEM SET {setting}".encode())
        conn.execute("SELECT pg_reload_conf()")


def drop_leftovers(postgres: EmbeddedPostgres) -> None:
    """Drop the databases of campaigns that were killed."""
    with db.connect(postgres.uri("postgres")) as conn:
        left = conn.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (PREFIX,)).fetchall()
    for (name,) in left:
        postgres.drop_database(name)


# ── In the worker processes ──────────────────────────────────────────────────────────────────────


def corrupt(task: Task) -> None:
    """Do it."""
    with db.connect(task.uri) as conn:
        conn.execute("SET TimeZone = 'UTC'")
        conn.execute("SET allow_system_table_mods = on")
        conn.execute("SELECT set_config('sms_monitoring.window_end', %s, false)", (task.span.window.end.isoformat(),))
        conn.execute(HELPERS.read_bytes())
        conn.execute(task.corruption.sql.encode())


def _find(task: Task) -> Finding:
    from sms_monitoring.quality.engine import run_suites

    corrupt(task)
    corruption = task.corruption
    suites = [suite for suite in _suites(corruption.plan) if suite.name == corruption.suite]
    window = task.span.newest_hours(1)[0] if corruption.plan is Plan.GATE else task.span.window
    return judge(corruption, run_suites(task.uri, suites, window, task.span.now, corruption.plan))


def judge(corruption: Corruption, report: Report) -> Finding:
    """Whether the report holds what the corruption must raise."""
    named = [one for one in report.results if (one.suite, one.check) == (corruption.suite, corruption.check)]
    others = tuple(one.check for one in report.results if one.status is Status.FAILED and one not in named)
    if report.error is not None:
        return Finding(corruption=corruption, caught=False, said=f"error: {report.error}", others=others)
    if not named:
        return Finding(corruption=corruption, caught=False, said="there is no such check", others=others)
    caught = named[0].status is Status.FAILED and named[0].severity is corruption.severity
    return Finding(corruption=corruption, caught=caught, said=_said(named[0]), others=others)


def _said(result: CheckResult) -> str:
    if result.status is not Status.FAILED:
        return f"{result.status}: {result.error}" if result.error else str(result.status)
    count = "" if result.unexpected_count is None else f", {result.unexpected_count} rows"
    return f"{result.severity}{count}"


def _clean_runs(uri: str, span: Span, hours: int, jobs: int) -> list[tuple[str, Span, Plan, list[int]]]:
    """The gate over each of the newest hours, dealt out among the jobs; and the full plan."""
    dealt = [list(range(hours))[job::jobs] for job in range(jobs)]
    return [(uri, span, Plan.FULL, [0]), *((uri, span, Plan.GATE, part) for part in dealt if part)]


def _false_alarms(uri: str, span: Span, plan: Plan, hours: list[int]) -> list[str]:
    from sms_monitoring.quality.engine import run_suites

    alarms = []
    for number in hours:
        window = span.window if plan is Plan.FULL else span.newest_hours(number + 1)[0]
        report = run_suites(uri, _suites(plan), window, span.now, plan)
        alarms += [f"{plan} over {window}: {report.error}"] if report.error else []
        alarms += [
            f"{plan} over {window}: {one.suite}.{one.check} {one.status} {one.error or one.failing_rows[:2]}"
            for one in report.results
            if one.status is not Status.PASSED
        ]
    return alarms


def _suites(plan: Plan) -> tuple[Suite, ...]:
    from sms_monitoring.quality.suites import full_suites, gate_suites

    return gate_suites() if plan is Plan.GATE else full_suites()
