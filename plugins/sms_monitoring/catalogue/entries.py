"""What the catalogue says of each thing, taken from where the thing is defined."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sms_monitoring.dag_defaults import CATALOGUE_FOOTER, OWNER
from sms_monitoring.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sms_monitoring.alerts.model import AlertType
    from sms_monitoring.operators.base import AlertOperator


@dataclass(frozen=True, slots=True, kw_only=True)
class DagEntry:
    """A DAG.

    :param schedule: a cron expression with its zone, or "when triggered".
    :param doc: Markdown without its heading, which is ``title``.
    :param params: name and description of each field of the trigger form.
    """

    dag_id: str
    title: str
    schedule: str
    doc: str
    tasks: tuple[str, ...]
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEntry:
    """An alert type: what it asks, what it measures, over which window, from which metric families."""

    alert_type: str
    question: str
    fires_when: str
    measures: str
    hours: int
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEntry:
    """An alert type of the watchdog: what it says, and what it measures."""

    alert_type: str
    says: str
    measures: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEntry:
    """A notification channel."""

    name: str
    doc: str


def describe_dags(dags: Iterable[Any]) -> list[DagEntry]:
    """Entries of this bundle's DAGs among ``dags``, in their serialized form, by id."""
    own = (dag for dag in dags if dag.owner == OWNER)
    return [_describe_dag(dag) for dag in sorted(own, key=lambda dag: str(dag.dag_id))]


def _describe_dag(dag: Any) -> DagEntry:
    heading, _, text = (dag.doc_md or "").removesuffix(CATALOGUE_FOOTER).strip().partition("\n")
    summary = dag.timetable.summary
    zone = getattr(getattr(dag.timetable, "_timezone", None), "name", "UTC")
    return DagEntry(
        dag_id=dag.dag_id,
        title=heading.lstrip("# "),
        schedule=f"{summary} ({zone})" if summary and summary != "None" else "when triggered",
        doc=text.strip(),
        tasks=tuple(_in_order(dag.task_group)),
        params=tuple((name, dag.params.get_param(name).description or "") for name in dag.params),
    )


def _in_order(group: Any) -> Iterator[str]:
    """The tasks of a group as they run, a group inside it as one: ``aggregate.*``."""
    for child in group.topological_sort():
        yield child.task_id if hasattr(child, "task_id") else f"{child.group_id}.*"


def describe_alerts(operators: Iterable[type[AlertOperator]]) -> list[AlertEntry]:
    """Entries of alert types, in the order given."""
    return [
        AlertEntry(
            alert_type=operator.alert.name,
            question=_first_line(sys.modules[operator.__module__].__doc__),
            fires_when=_first_line(operator.__doc__),
            measures=_leading_comment(read_sql(f"alerts/{operator.alert.name}.sql")),
            hours=round(operator.alert.length.total_seconds() / 3600),
            families=operator.alert.families,
        )
        for operator in operators
    ]


def describe_watches(watches: Iterable[AlertType]) -> list[WatchEntry]:
    """Entries of the watchdog's alert types, in the order given."""
    return [
        WatchEntry(
            alert_type=alert.name, says=alert.title, measures=_leading_comment(read_sql(f"alerts/{alert.name}.sql"))
        )
        for alert in watches
    ]


def describe_channels(names: Iterable[str]) -> list[ChannelEntry]:
    """Entries of channels, in the order given."""
    package = "sms_monitoring.notify.channels"
    return [ChannelEntry(name=name, doc=_first_line(import_module(f"{package}.{name}").__doc__)) for name in names]


def _first_line(doc: str | None) -> str:
    return " ".join((doc or "").strip().partition("\n\n")[0].split())


def _leading_comment(sql: str) -> str:
    lines = re.match(r"(?:--.*\n)*", sql)
    return " ".join(line.removeprefix("--").strip() for line in (lines.group() if lines else "").splitlines())
