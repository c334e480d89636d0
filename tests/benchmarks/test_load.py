"""What the 95th percentile is."""

from __future__ import annotations

import pytest
from benchmarks.load import percentile_95, readers


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [([0.1], 0.1), ([3.0, 1.0, 2.0], 3.0), ([float(each) for each in range(1, 101)], 95.0), ([1.0] * 19 + [9.0], 1.0)],
)
def test_95_of_100_do_not_exceed_it(seconds, expected):
    assert percentile_95(seconds) == expected


def test_readers_have_names_of_their_own():
    assert readers(3) == ["reader01", "reader02", "reader03"]
    assert len(set(readers(50))) == 50
