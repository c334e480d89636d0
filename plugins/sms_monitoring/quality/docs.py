"""The Data Docs: a small site of plain files that says what each run found. No script, nothing from elsewhere.

The sentences are those of Great Expectations' own renderers; the pages are ours. The library's pages load fifteen files
from other hosts and run inline scripts, which a strict content security policy and a machine without a way out refuse.

    index.html            the newest run, and those before it
    docs.css
    runs/<name>.html      all that one run found
    runs/<name>.json      its line of the index
"""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sms_monitoring.files import replace_text
from sms_monitoring.quality.model import Severity, Status

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sms_monitoring.quality.model import Report

FOLDER_VARIABLE = "SMS_MONITORING_DATA_DOCS_DIR"
KEEP = 30
# The API server that shows it may be another user.
PUBLIC = 0o644
LINE_KEYS = {"name", "at", "window", "verdict", "checks", "critical", "warning", "errors", "error"}
STYLE = Path(__file__).resolve().parent / "static" / "docs.css"


def data_docs_dir() -> Path:
    """Where the site is: ``SMS_MONITORING_DATA_DOCS_DIR``, else in Airflow's home."""
    configured = os.environ.get(FOLDER_VARIABLE)
    if configured:
        return Path(configured)
    home = Path(os.environ.get("AIRFLOW_HOME") or Path.home() / "airflow")
    return home / "sms_monitoring" / "data_docs"


def build(report: Report, run_id: UUID, at: datetime, folder: Path) -> Path:
    """Add a run to the site in ``folder``, which is made where it is missing; returns the run's page.

    Every file is whole at any moment: readers, and a run that is killed, never see half of one. The newest
    :data:`KEEP` runs are kept.

    :param report: of the run; masked, as every report is.
    :param at: when the run was.
    :raises OSError: when the folder cannot be written to.
    """
    from sms_monitoring.quality.pages import index_page, run_page

    name = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{str(run_id)[:8]}"
    runs = folder / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    page = runs / f"{name}.html"
    replace_text(page, run_page(report, run_id, at), PUBLIC)
    replace_text(runs / f"{name}.json", json.dumps(_line(name, report, at)), PUBLIC)
    replace_text(folder / "docs.css", STYLE.read_text(encoding="utf-8"), PUBLIC)
    lines = sorted((path for path in runs.glob("*.json")), reverse=True)
    known = [line for path in lines[:KEEP] if (line := _read_line(path))]
    replace_text(folder / "index.html", index_page(known), PUBLIC)
    for old in lines[KEEP:]:
        old.with_suffix(".html").unlink(missing_ok=True)
        old.unlink(missing_ok=True)
    return page


def _read_line(path: Path) -> dict[str, Any] | None:
    """A run's line; None for a file that is none of ours."""
    try:
        line = json.loads(path.read_text("utf-8"))
    except ValueError:
        return None
    return line if isinstance(line, dict) and line.keys() >= LINE_KEYS else None


def _line(name: str, report: Report, at: datetime) -> dict[str, Any]:
    counts = Counter((one.status, one.severity) for one in report.results)
    return {
        "name": name,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "window": str(report.window),
        "verdict": report.verdict,
        "checks": len(report.results),
        "critical": counts[Status.FAILED, Severity.CRITICAL],
        "warning": counts[Status.FAILED, Severity.WARNING],
        "errors": sum(number for (status, _), number in counts.items() if status is Status.ERROR),
        "error": report.error,
    }
