"""The API keeps what its own OpenAPI document promises, asked with all kinds of good and bad input.

For each operation that the document has: no fault of the server, no status and no shape that it does not announce.
"""

from __future__ import annotations

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.alerts.incidents import incident, silence
from tests.api.quality_rows import bad_hour, result, run
from tests.api.rows import aggregated, day, today
from tests.product import at

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# It does not end.
ENDLESS = {"/stream"}
EXAMPLES = 6


@pytest.fixture
def schema(client, db, monkeypatch):
    """Our application by itself, behind Airflow's login, over a database with something of everything."""
    from sms_monitoring.api import rate_limits
    from sms_monitoring.api.app import create_app
    from sms_monitoring.api.routes import channels

    day(db, today(), sent=100, delivered=98)
    aggregated(db, at("10:00"))
    fired = incident(db, metric_value=80, threshold_value=90, sample_size=100)
    incident(db, "llm_cost_spike_warning", resolved_at=at("11:00"))
    checked = run(db, at("11:00"), verdict="critical", failed_critical=1)
    result(db, checked, "delivered_at_most_sent", "failed", observed=3, failing_rows=[{"value_sum": -1}])
    bad_hour(db, "delivery", at("10:00"), checked)
    known = {
        "run_id": str(checked),
        "incident_id": str(fired),
        "silence_id": silence(db),
        "alert_type": "delivery_rate_critical",
        "table": "sms_alert_history",
    }
    for limit in ("READING", "COSTLY"):
        monkeypatch.setattr(rate_limits, limit, "100000/second")
    monkeypatch.setattr(channels, "TESTS", "100000/second")
    rate_limits.forget()
    asked = client("ann")
    found = schemathesis.openapi.from_dict(asked.get("/openapi.json").json())
    found.app = create_app()
    found.config.update(base_url="http://testserver")
    yield found, dict(asked.headers), known
    rate_limits.forget()


def test_every_operation_keeps_its_promises(schema):
    found, headers, known = schema
    broken, statuses = {}, {}
    for each in found.get_all_operations():
        operation = each.ok()
        if operation.path in ENDLESS:
            continue
        seen = statuses[operation.label] = set()
        for mode in GenerationMode:
            if problem := first_problem(operation, mode, headers, known, seen):
                broken[f"{operation.label} ({mode.value})"] = problem
    assert not broken, "\n\n".join(f"{label}\n{problem}" for label, problem in broken.items())
    # It was the routes that answered, not the login or the rate limit.
    assert statuses["GET /daily"] == {200, 422}
    assert 200 in statuses["GET /incidents/{incident_id}"]
    assert 200 in statuses["GET /quality/runs/{run_id}"]
    turned_away = {label: seen & {401, 403, 429} for label, seen in statuses.items() if seen & {401, 403, 429}}
    assert turned_away == {}


def first_problem(operation, mode, headers, known, seen):
    """What went wrong with an operation; None: nothing.

    :param known: parameters of paths that there are: what is made up is found nowhere.
    :param seen: the statuses that came are added to it.
    """

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        if mode is GenerationMode.POSITIVE:
            case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        answer = case.call_and_validate(headers={"Authorization": headers["authorization"]}, checks=CHECKS)
        seen.add(answer.status_code)

    try:
        ask()
    except hypothesis.errors.Unsatisfiable:
        # There is no bad input to an operation without parameters.
        return None
    except (Exception, BaseExceptionGroup) as error:
        return str(error)
    return None
