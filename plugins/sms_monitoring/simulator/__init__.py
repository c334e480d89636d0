"""Simulates the traffic of an SMS product: seeded, deterministic, with incidents whose truth is known."""

from sms_monitoring.simulator.incidents import Incident, IncidentKind
from sms_monitoring.simulator.run import SimulationError, SimulationSummary, advance, simulate
from sms_monitoring.simulator.scenario import Scenario, all_incidents, bench_scenario, demo_scenario, users_for

__all__ = [
    "Incident",
    "IncidentKind",
    "Scenario",
    "SimulationError",
    "SimulationSummary",
    "advance",
    "all_incidents",
    "bench_scenario",
    "demo_scenario",
    "simulate",
    "users_for",
]
