"""What parsing the bundle's DAGs costs over parsing one bare DAG: ``dag_parse_ratio``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.bench import BenchmarkError, seconds_of
from sms_monitoring.local.layout import Layout

if TYPE_CHECKING:
    from benchmarks.bench import Bench

_BARE_DAG = """
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("bare", schedule=None):
    EmptyOperator(task_id="nothing")
"""

_PARSE = """
import sys
from airflow.dag_processing.dagbag import DagBag
from airflow.plugins_manager import ensure_plugins_loaded, get_import_errors
ensure_plugins_loaded()
bag = DagBag(sys.argv[1])
sys.exit("".join([*bag.import_errors.values(), *get_import_errors().values()]) or (0 if bag.dags else "no DAG found"))
"""


def run(bench: Bench) -> dict[str, float]:
    """Whole-process seconds of parsing ``dags/`` with the plugins divided by those of parsing one bare DAG file."""
    layout = Layout.of_this_checkout()
    with TemporaryDirectory() as folder:
        bare_dags, no_plugins = Path(folder, "dags"), Path(folder, "plugins")
        for made in (bare_dags, no_plugins):
            made.mkdir()
        (bare_dags / "bare.py").write_text(_BARE_DAG, encoding="utf-8")

        def ours() -> float:
            return seconds_of(lambda: _parse(layout.dags, layout.plugins, Path(folder)))

        def bare() -> float:
            return seconds_of(lambda: _parse(bare_dags, no_plugins, Path(folder)))

        if not bench.quick:
            ours(), bare()  # fill the bytecode cache
        taken = bench.alternate("Parsing DAGs", bench.size(9, 1), {"the bundle": ours, "one bare DAG": bare})
    return {"dag_parse_ratio": taken["the bundle"] / taken["one bare DAG"]}


def _parse(dags: Path, plugins: Path, home: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": "",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/none.db",
    }
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", _PARSE, str(dags)], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"parsing {dags} failed: {done.stderr.strip()}")
