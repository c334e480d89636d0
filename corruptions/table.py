"""What was found, as a table of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corruptions.campaign import Finding

HEAD = ("corruption", "plan", "must fail", "found", "what happened")


def table(findings: Iterable[Finding]) -> str:
    """One line a corruption, by name."""
    lines = [HEAD, *(_line(finding) for finding in sorted(findings, key=lambda one: one.corruption.name))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD) - 1)]
    return "\n".join(
        "  ".join([cell.ljust(width) for cell, width in zip(line, widths, strict=False)] + [line[-1]]) for line in lines
    )


def _line(finding: Finding) -> tuple[str, ...]:
    corruption = finding.corruption
    expected = f"{corruption.suite}.{corruption.check} ({corruption.severity})"
    found = f"yes: {finding.said}" if finding.caught else f"NO: {finding.said}"[:120]
    return (corruption.name, str(corruption.plan), expected, found, corruption.what)
