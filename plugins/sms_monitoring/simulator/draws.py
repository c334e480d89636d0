"""Random draws that depend on nothing but a key and a label.

Every user and message has a 64-bit key made from the seed. A draw hashes that key with a label, so that it comes
out the same however far a history is played, whatever else happens, and in whatever order things are drawn.
The hash is SplitMix64: Steele, Lea, Flood (2014), OOPSLA, https://doi.org/10.1145/2660193.2660195
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sms_monitoring.simulator.arrays import Floats, Ints, Keys

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def root_key(seed: int, label: str) -> np.uint64:
    """The key that all keys of one seed and purpose derive from."""
    return np.uint64(int.from_bytes(blake2b(f"{seed}:{label}".encode(), digest_size=8).digest()))


def derive(keys: Keys | np.uint64, numbers: Ints | int) -> Keys:
    """New keys from ``keys`` and numbers, e.g. those of a user's messages from the user's key and 0, 1, 2 …"""
    # Arrays throughout: they wrap around silently, which scalars do not.
    steps = np.atleast_1d(numbers).astype(np.uint64)
    return _mix(np.atleast_1d(keys) + _mix((steps + np.uint64(1)) * _GOLDEN))


def bits(keys: Keys, label: str) -> Keys:
    """64 random bits a key."""
    return _mix(keys ^ _label_key(label))


def uniform(keys: Keys, label: str) -> Floats:
    """Numbers in [0, 1), one a key."""
    return (bits(keys, label) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(keys: Keys, label: str) -> Floats:
    """Standard normal numbers, one a key (Box and Muller)."""
    radius = np.sqrt(-2 * np.log1p(-uniform(keys, label + ".radius")))
    result: Floats = radius * np.cos(2 * np.pi * uniform(keys, label + ".angle"))
    return result


def lognormal(keys: Keys, label: str, *, median: float, sigma: float) -> Floats:
    """Numbers above 0 around ``median`` with a long tail upwards, one a key."""
    return median * np.exp(sigma * normal(keys, label))


def exponential(keys: Keys, label: str, *, mean: float) -> Floats:
    """Waiting times of mean ``mean``, one a key."""
    return -mean * np.log1p(-uniform(keys, label))


def choice(keys: Keys, label: str, weights: Floats) -> Ints:
    """Indices into ``weights``, each as likely as its weight, one a key."""
    edges = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(edges[:-1], uniform(keys, label), side="right")


def poisson(seed: int, number: int, means: Floats) -> Ints:
    """Counts around ``means``; the whole array depends on ``seed`` and ``number`` alone."""
    return np.random.default_rng([seed, number]).poisson(means)


@cache
def _label_key(label: str) -> np.uint64:
    return root_key(0, label)


def _mix(words: Keys) -> Keys:
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))
