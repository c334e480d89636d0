"""The entries as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sms_monitoring.catalogue.entries import AlertEntry, ChannelEntry, DagEntry, WatchEntry


def write(
    dags: Sequence[DagEntry],
    alerts: Sequence[AlertEntry],
    watches: Sequence[WatchEntry],
    channels: Sequence[ChannelEntry],
    *,
    runbook: str,
) -> str:
    """The whole catalogue.

    :param runbook: the address of an alert type's runbook, its name left open: ``runbooks/{}``.
    """

    def linked(alert_type: str) -> str:
        return f"[{_code(alert_type)}]({runbook.format(alert_type)})"

    parts = ["# Catalogue", "", "## DAGs", ""]
    parts += _table(("DAG", "runs", "does"), ((f"[{_code(d.dag_id)}](#{d.dag_id})", d.schedule, d.title) for d in dags))
    for dag in dags:
        parts += ["", f"### {dag.dag_id}", "", f"**{dag.title}** · runs: {_code(dag.schedule)}", "", dag.doc, ""]
        parts += ["Tasks: " + " → ".join(_code(task) for task in dag.tasks) + "."]
        if dag.params:
            parts += ["", *_table(("field of the form", "means"), ((_code(name), text) for name, text in dag.params))]
    parts += ["", "## Alert types", ""]
    told = (
        "Thresholds are rows of `sms_alert_thresholds`; the dashboard shows and edits them. Each leads to its runbook."
    )
    parts += [told, ""]
    parts += _table(
        ("alert type", "asks", "fires when", "measures", "window"),
        ((linked(a.alert_type), a.question, a.fires_when, a.measures, f"{a.hours} h") for a in alerts),
    )
    parts += ["", "### Of the monitoring itself", "", "Judged by `sms_watchdog`.", ""]
    parts += _table(("alert type", "says", "measures"), ((linked(w.alert_type), w.says, w.measures) for w in watches))
    parts += ["", "## Channels", ""]
    parts += _table(("channel", "is"), ((_code(each.name), each.doc) for each in channels))
    return "\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _code(text: str) -> str:
    return f"`{text}`"
