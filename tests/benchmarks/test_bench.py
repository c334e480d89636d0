"""Taking times, and what a figure must keep to."""

from __future__ import annotations

import io

import pytest
from benchmarks.bench import Bench
from benchmarks.figures import FIGURES, Figure
from rich.console import Console

from sms_monitoring.local.progress import Steps


@pytest.fixture
def said():
    return io.StringIO()


@pytest.fixture
def bench(said):
    return Bench(postgres=None, steps=Steps(Console(file=said, width=200)))


def test_ways_take_turns_and_the_median_of_each_counts(bench, said):
    order = []
    seconds = {"slow": iter([5.0, 4.0, 90.0]), "fast": iter([1.0, 2.0, 1.5])}

    def way(name):
        order.append(name)
        return next(seconds[name])

    taken = bench.alternate("Racing", 3, {"slow": lambda: way("slow"), "fast": lambda: way("fast")})
    assert taken == {"slow": 5.0, "fast": 1.5}
    assert order == ["slow", "fast"] * 3
    assert "slow: median 5.000 s of  5.000  4.000  90.000" in said.getvalue()


def test_a_quick_run_is_small():
    assert Bench(postgres=None).size(1_000_000, 10) == 1_000_000
    assert Bench(postgres=None, quick=True).size(1_000_000, 10) == 10


@pytest.mark.parametrize(
    ("figure", "value", "met", "target"),
    [
        (Figure("speedup", at_least=50), 50, True, "≥ 50"),
        (Figure("speedup", at_least=50), 49.9, False, "≥ 50"),
        (Figure("ratio", at_most=1.2), 1.2, True, "≤ 1.2"),
        (Figure("ratio", at_most=1.2), 1.21, False, "≤ 1.2"),
        (Figure("anything"), 7, True, ""),
    ],
)
def test_a_figure_knows_its_target(figure, value, met, target):
    assert figure.is_met(value) is met
    assert figure.target == target


def test_every_figure_is_documented():
    from tests.conftest import REPOSITORY

    documented = (REPOSITORY / "docs" / "BENCHMARKS.md").read_text(encoding="utf-8")
    assert [name for name in FIGURES if f"`{name}`" not in documented] == []
