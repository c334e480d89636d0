"""``make catalogue``: writes docs/CATALOGUE.md and docs/CHECKS.md from the code of this checkout."""

from __future__ import annotations

import sys
from pathlib import Path

from sms_monitoring.catalogue import entries, markdown

ROOT = Path(__file__).resolve().parents[3]
TARGET = ROOT / "docs" / "CATALOGUE.md"
CHECKS = ROOT / "docs" / "CHECKS.md"
NOTE = "<!-- Made by `make catalogue`; change the docstrings instead. -->\n\n"


def from_this_checkout() -> str:
    """The catalogue of the DAG folder beside the package.

    :raises RuntimeError: when a DAG file cannot be imported.
    """
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

    from sms_monitoring.notify.channels import channel_names
    from sms_monitoring.operators import alert_operators
    from sms_monitoring.watchdog.types import WATCHES

    bag = DagBag(str(ROOT / "dags"))
    if bag.import_errors:
        raise RuntimeError(f"a DAG file cannot be imported: {bag.import_errors}")
    return NOTE + markdown.write(
        entries.describe_dags(DagSerialization.from_dict(DagSerialization.to_dict(dag)) for dag in bag.dags.values()),
        entries.describe_alerts(alert_operators()),
        entries.describe_watches(WATCHES),
        entries.describe_channels(channel_names()),
        runbook="../plugins/sms_monitoring/runbooks/{}.md",
    )


def main() -> int:
    """Write both."""
    from sms_monitoring.quality.suites.listing import markdown as checks

    TARGET.write_text(from_this_checkout(), encoding="utf-8")
    CHECKS.write_text(checks(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
