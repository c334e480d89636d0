"""A corruption, as its SQL file tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sms_monitoring.quality.model import Plan, Severity

FOLDER = Path(__file__).parent / "sql"
_HEAD = re.compile(
    r"-- (?P<what>.+)\n-- caught: (?P<plan>\w+) (?P<suite>\w+)\.(?P<check>\w+) (?P<severity>\w+)\n(?P<sql>.+)",
    re.DOTALL,
)


class CorruptionError(ValueError):
    """A file that is no corruption; says which, and what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """Something that goes wrong with the data.

    :param name: of its file.
    :param what: what happened, in a sentence.
    :param plan: the checks that must find it: those of the newest hour, or all.
    :param suite: the suite of the check that must fail.
    :param sql: what does it; ``corruptions/helpers.sql`` has run before in the same session.
    """

    name: str
    what: str
    plan: Plan
    suite: str
    check: str
    severity: Severity
    sql: str


def read(path: Path) -> Corruption:
    """The corruption of one file.

    :raises CorruptionError: when its first two lines do not say what it is and what must find it.
    """
    found = _HEAD.match(path.read_text(encoding="utf-8"))
    if found is None:
        raise CorruptionError(
            f"{path} does not begin with '-- <what>' and '-- caught: <plan> <suite>.<check> <severity>'"
        )
    try:
        plan, severity = Plan(found["plan"]), Severity(found["severity"])
    except ValueError as error:
        raise CorruptionError(f"{path}: {error}") from error
    return Corruption(
        name=path.stem,
        what=found["what"],
        plan=plan,
        suite=found["suite"],
        check=found["check"],
        severity=severity,
        sql=found["sql"],
    )


def all_corruptions() -> list[Corruption]:
    """Those of :data:`FOLDER`, by name."""
    return [read(path) for path in sorted(FOLDER.glob("*.sql"))]
