"""Every figure with its target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is measured, and what it must keep to.

    :param at_least: target of a figure where more is better.
    :param at_most: target of a figure where less is better.
    """

    name: str
    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, value: float) -> bool:
        """Whether ``value`` keeps the target, if there is one."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    @property
    def target(self) -> str:
        """The target as people write it; empty where there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}"


FIGURES = {
    figure.name: figure
    for figure in (
        # One million messages in well under a minute.
        Figure("simulator_messages_per_second", at_least=1_000_000 / 60),
        Figure("refresh_speedup_1m"),
        Figure("refresh_speedup_5m", at_least=50),
        Figure("recompute_ratio", at_most=2),
        Figure("hourly_history_ratio", at_most=1.2),
        Figure("dag_parse_ratio", at_most=1.3),
        Figure("dispatch_rows_per_second"),
        Figure("dispatch_overhead_ratio"),
        Figure("dispatch_grouped_rows_per_second"),
        Figure("false_alerts_per_series_week", at_most=0.1),
        Figure("detection_within_2h", at_least=0.9),
        Figure("naive_false_alerts_per_series_week"),
        Figure("naive_detection_within_2h"),
        Figure("evaluate_ratio", at_most=1),
        Figure("full_suite_seconds", at_most=60),
        Figure("full_suite_mb", at_most=500),
        # Well under a second.
        Figure("gate_database_seconds", at_most=0.5),
        Figure("gate_share"),
        Figure("api_overhead_ratio", at_most=2),
        Figure("api_load_p95_ratio", at_most=3),
        Figure("dashboard_kilobytes"),
        Figure("dashboard_first_chart_ms"),
    )
}
