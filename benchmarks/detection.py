"""Is it believable, and does it notice? ``false_alerts_per_series_week``, ``detection_within_2h``.

Over histories of 90 days with drops of ten points at known times (see ``watching``), of the engine and of a naive
rule. A false alert is one that begins while there is no drop to see; a drop is detected by an alert within two hours.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from benchmarks.bench import BenchmarkError
from benchmarks.watching import RATES, Result, Traffic, watch

if TYPE_CHECKING:
    from benchmarks.bench import Bench

# One history is simulated in this process while the database aggregates another.
_AT_ONCE = 2


def run(bench: Bench) -> dict[str, float]:
    """False alerts and detections of the engine and of the naive rule, where every hour has 200 messages and more."""
    result = _measure(
        bench,
        Traffic(
            messages_per_day=bench.size(15_000, 2_000),
            seeds=tuple(range(1, bench.size(3, 1) + 1)),
            days=bench.size(90, 4),
            drops=bench.size(12, 1),
        ),
    )
    fewest = min(result.samples)
    if fewest < bench.size(200, 1):
        raise BenchmarkError(f"an hour has {fewest} messages; these figures are about 200 an hour and more")
    return {
        "false_alerts_per_series_week": result.engine.false_alerts_per_week,
        "detection_within_2h": result.engine.detection,
        "naive_false_alerts_per_series_week": result.naive.false_alerts_per_week,
        "naive_detection_within_2h": result.naive.detection,
    }


def by_traffic(bench: Bench) -> dict[str, float]:
    """The same at other traffic, told on the way; no figure of its own."""
    for per_hour, histories in ((30, 4), (100, 2), (200, 2)):
        traffic = Traffic(
            messages_per_day=24 * per_hour,
            seeds=tuple(range(1, bench.size(histories, 1) + 1)),
            days=bench.size(90, 4),
            drops=bench.size(12, 1),
        )
        result = _measure(bench, traffic)
        bench.steps.say(
            f"  {per_hour} an hour in the mean: engine {result.engine.false_alerts_per_week:.2f} false alerts a series"
            f" and week, {result.engine.detection:.2f} of drops detected; naive"
            f" {result.naive.false_alerts_per_week:.2f}, {result.naive.detection:.2f}"
        )
    return {}


def _measure(bench: Bench, traffic: Traffic) -> Result:
    """Simulate and judge; tells what came of each rate."""
    histories = len(traffic.seeds)
    results: dict[str, list[Result]] = {rate.alert_type: [] for rate in RATES}
    title = f"Watching {histories} × {traffic.days} days of {traffic.messages_per_day:,} messages a day"
    with bench.steps.step(title) as tell, ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(watch, bench.postgres, traffic, seed) for seed in traffic.seeds]
        for number, future in enumerate(as_completed(futures), start=1):
            for alert_type, result in future.result().items():
                results[alert_type].append(result)
            tell(f"{number} of {histories}")
    by_type = {alert_type: sum(each, Result()) for alert_type, each in results.items()}
    for alert_type, result in by_type.items():
        _tell(bench, f"{alert_type}, {min(result.samples)} to {max(result.samples)} an hour", result)
    return sum(by_type.values(), Result())


def _tell(bench: Bench, title: str, result: Result) -> None:
    bench.steps.say(f"    {title}, {result.engine.quiet_weeks:.1f} quiet weeks of a series")
    for name, of_rule in (("engine", result.engine), ("naive", result.naive)):
        bench.steps.say(
            f"        {name}: {of_rule.false_alerts} false alerts; {of_rule.detected} of {of_rule.incidents} drops"
            f" detected within two hours, {of_rule.detected_at_once} within one"
        )
