"""What is wrong with a request for a series."""

from __future__ import annotations


class SeriesError(ValueError):
    """A parameter makes no sense; ``parameter`` names it, ``reason`` says why and what to do."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason
