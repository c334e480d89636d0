"""How fast the simulator writes a million messages: ``simulator_messages_per_second``."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from benchmarks.databases import UNTIL, scratch_database
from sms_monitoring import db
from sms_monitoring.simulator import bench_scenario, simulate

if TYPE_CHECKING:
    from benchmarks.bench import Bench


def run(bench: Bench) -> dict[str, float]:
    """Messages a second, from empty tables to indexed and analysed ones; the median of three runs."""
    messages = bench.size(1_010_000, 5_000)
    rates = []
    for number in range(1, 4):
        with (
            bench.steps.step(f"Simulating {messages:,} messages, {number} of 3") as tell,
            scratch_database(bench.postgres) as uri,
            db.connect(uri) as conn,
        ):
            written = simulate(
                conn, bench_scenario(messages, 30, until=UNTIL), lambda done, total: tell(f"{done} of {total} days")
            )
        rates.append(written.messages / written.seconds)
        bench.steps.say(f"    {written.messages:,} messages in {written.seconds:.1f} s: {rates[-1]:,.0f} a second")
    return {"simulator_messages_per_second": median(rates)}
