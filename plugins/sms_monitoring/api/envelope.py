"""The shape of every success: ``{"success": true, "data": …}``, of lists also ``next_cursor``."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

Data = TypeVar("Data")


class Answer(BaseModel, Generic[Data]):
    """One thing."""

    success: Literal[True] = True
    data: Data


class Page(BaseModel, Generic[Data]):
    """A page of a list; ``next_cursor`` is null on the last one."""

    success: Literal[True] = True
    data: list[Data]
    next_cursor: str | None = None
