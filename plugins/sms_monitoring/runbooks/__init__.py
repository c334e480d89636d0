"""Runbooks: for each alert type a Markdown file of its name, for whoever was just woken by it. Light to import."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def names() -> list[str]:
    """The alert types that have one."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def read(alert_type: str) -> str | None:
    """The runbook of an alert type, Markdown; None where it has none.

    The name is looked up in the list of what there is, and never joined to a path: it cannot lead elsewhere.
    """
    path = next((path for path in FOLDER.glob("*.md") if path.stem == alert_type), None)
    return None if path is None else path.read_text(encoding="utf-8")
