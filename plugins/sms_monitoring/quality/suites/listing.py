"""The checks as a page of Markdown: ``docs/CHECKS.md``, written by ``make catalogue``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sms_monitoring.quality.suites import full_suites, gate_suites
from sms_monitoring.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sms_monitoring.quality.model import Check, Suite

NOTE = "<!-- Made by `make catalogue`; change the suites instead. -->"


def markdown() -> str:
    """Every check of both plans: what it is, how grave, why, and who mends it."""
    gate, full = gate_suites(), full_suites()
    lines = [NOTE, "", "# Data quality checks", ""]
    lines += [f"{_count(gate)} checks gate every hour before it is judged; {_count(full)} more run once a day."]
    lines += ["What they are for, and what happens when one fails, is in [QUALITY.md](QUALITY.md).", ""]
    lines += ["## The gate: each hour", *_suites(gate), "", "## The full run: each day", *_suites(full)]
    return "\n".join(lines) + "\n"


def _count(suites: Iterable[Suite]) -> int:
    return sum(len(suite.checks) for suite in suites)


def _suites(suites: Iterable[Suite]) -> Iterator[str]:
    for suite in suites:
        yield from ("", f"### {suite.name}", "", _leading_comment(f"quality/rows/{suite.rows}.sql"), "")
        yield "| check | severity | why | owner |"
        yield "| --- | --- | --- | --- |"
        yield from (_row(check) for check in suite.checks)


def _row(check: Check) -> str:
    doubt = f" (of {', '.join(check.families)})" if check.families else ""
    return f"| `{check.name}` | {check.severity}{doubt} | {check.reason} | {check.owner} |"


def _leading_comment(sql_file: str) -> str:
    lines = groupby(read_sql(sql_file).splitlines(), key=lambda line: line.startswith("--"))
    return " ".join(line.removeprefix("--").strip() for line in next(lines)[1])
