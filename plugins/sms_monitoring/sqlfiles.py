"""Finds and reads the SQL files under ``include/sql``: SQL lives there, never in Python strings."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path


def sql_root() -> Path:
    """The folder of SQL files: ``SMS_MONITORING_SQL_DIR``, else ``include/sql`` beside ``plugins/``."""
    configured = os.environ.get("SMS_MONITORING_SQL_DIR")
    return Path(configured) if configured else Path(__file__).resolve().parents[2] / "include" / "sql"


@cache
def read_sql(name: str) -> str:
    """The text of one file, named relative to :func:`sql_root`, e.g. ``"alerts/llm_failure_critical.sql"``.

    :raises FileNotFoundError: when there is no such file; the message names the path looked at.
    """
    path = sql_root() / name
    if not path.is_file():
        raise FileNotFoundError(
            f"SQL file {path} does not exist; set SMS_MONITORING_SQL_DIR if include/sql is elsewhere"
        )
    return path.read_text(encoding="utf-8")


def list_sql(folder: str) -> list[str]:
    """Names (relative to :func:`sql_root`) of the ``.sql`` files of one folder, in file-name order."""
    return [f"{folder}/{path.name}" for path in sorted((sql_root() / folder).glob("*.sql"))]
