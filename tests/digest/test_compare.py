from __future__ import annotations

import pytest

from sms_monitoring.digest.compare import Better, compare

HIGHER, LOWER, NEITHER = Better.HIGHER, Better.LOWER, Better.NEITHER


@pytest.mark.parametrize(
    ("current", "baseline", "better", "said"),
    [
        (110, 100, NEITHER, "▲ 10.0%"),
        (90, 100, NEITHER, "▼ 10.0%"),
        (110, 100, HIGHER, "▲ 10.0% better"),
        (90, 100, HIGHER, "▼ 10.0% worse"),
        (110, 100, LOWER, "▲ 10.0% worse"),
        (90, 100, LOWER, "▼ 10.0% better"),
        (350, 100, LOWER, "▲ 250% worse"),
        (0, 100, LOWER, "▼ 100% better"),
        (100, 100, LOWER, "= same"),
        (100.04, 100, LOWER, "= same"),
        (0, 0, LOWER, "= same"),
        (3, 0, LOWER, "▲ from 0 worse"),
        (3, 0, NEITHER, "▲ from 0"),
    ],
)
def test_a_change_in_percent(current, baseline, better, said):
    assert str(compare(current, baseline, better=better)) == said


@pytest.mark.parametrize(
    ("current", "baseline", "said"),
    [
        (97.4, 96.6, "▲ 0.80 pts better"),
        (92.0, 97.0, "▼ 5.0 pts worse"),
        (0.0, 97.0, "▼ 97.0 pts worse"),
        (96.999, 97.0, "= same"),
    ],
)
def test_rates_differ_by_percentage_points(current, baseline, said):
    assert str(compare(current, baseline, better=HIGHER, points=True)) == said


@pytest.mark.parametrize(("current", "baseline"), [(None, 1), (1, None), (None, None)])
def test_there_is_no_change_without_both_numbers(current, baseline):
    assert compare(current, baseline, better=HIGHER) is None


def test_a_change_within_the_noise_is_none():
    assert str(compare(105, 100, better=LOWER, noise=5.1)) == "= same"
    assert str(compare(106, 100, better=LOWER, noise=5.1)) == "▲ 6.0% worse"
