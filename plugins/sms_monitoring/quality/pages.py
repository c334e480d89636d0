"""The pages of the Data Docs, as HTML. Reports in, text out."""

from __future__ import annotations

import json
from functools import cache
from string import Template
from typing import TYPE_CHECKING, Any

from sms_monitoring.quality.model import Severity, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    import jinja2

    from sms_monitoring.quality.model import CheckResult, Report

GRAVEST_FIRST = {
    (Severity.CRITICAL, Status.ERROR): 0,
    (Severity.CRITICAL, Status.FAILED): 1,
    (Severity.WARNING, Status.ERROR): 2,
    (Severity.WARNING, Status.FAILED): 3,
}


def index_page(runs: Sequence[Mapping[str, Any]]) -> str:
    """The newest run and the list of ``runs``, the newest first; see :func:`sms_monitoring.quality.docs.build`."""
    return _template("index.html").render(runs=runs, root="")


def run_page(report: Report, run_id: UUID, at: datetime) -> str:
    """All that a run found: what did not pass first, then every suite."""
    bad = [one for one in report.results if one.status is not Status.PASSED]
    bad.sort(key=lambda one: (GRAVEST_FIRST[one.severity, one.status], one.suite, one.check))
    suites: dict[str, list[CheckResult]] = {}
    for one in report.results:
        suites.setdefault(one.suite, []).append(one)
    return _template("run.html").render(
        report=report,
        run_id=run_id,
        at=at,
        bad=bad,
        suites=suites,
        passed=sum(one.status is Status.PASSED for one in report.results),
        sentence=sentence,
        Status=Status,
        root="../",
    )


def sentence(one: CheckResult) -> str:
    """What is expected, as Great Expectations says it: "metric_value: values must be greater than or equal to 0."."""
    if "unexpected_rows_query" in one.expected:
        return "No row is found by this SELECT."
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.registry import get_renderer_impl
    from great_expectations.util import camel_to_snake

    kind = camel_to_snake(one.expectation)
    try:
        render: Any = get_renderer_impl(object_name=kind, renderer_type="renderer.prescriptive")[1]  # type: ignore[index]
        blocks = render(configuration=ExpectationConfiguration(type=kind, kwargs=dict(one.expected)))
        said = "; ".join(_text(block.string_template) for block in blocks)
    except Exception:
        # A renderer that cannot say it must not cost us the page.
        return f"{one.expectation} {json.dumps(one.expected, default=str)}"
    column = one.expected.get("column")
    return f"{column}: {said}" if column and column not in said else said


def _text(template: Mapping[str, Any]) -> str:
    return " ".join(Template(template["template"]).safe_substitute(template["params"]).split())


@cache
def _template(name: str) -> jinja2.Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("sms_monitoring.quality"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["compact"] = compact
    return environment.get_template(f"{name}.j2")


def compact(value: Any) -> str:
    """A value of a result as a person reads it.

    >>> compact({"unexpected_percent": 2.5, "missing_count": 0})
    'unexpected percent 2.5, missing count 0'
    """
    if value is None:
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"{str(name).replace('_', ' ')} {compact(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(compact(inner) for inner in value)
    if isinstance(value, bool | str):
        return str(value)
    return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"
