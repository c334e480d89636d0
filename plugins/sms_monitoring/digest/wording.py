"""Numbers and times as people read them. None is a dash everywhere: not known, or nothing to divide by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, timedelta

DASH = "–"


def count(value: float | None) -> str:
    """``1,234``; an average below 10 keeps a decimal: ``2.4``."""
    if value is None:
        return DASH
    return f"{value:,.1f}" if value < 10 and value != int(value) else f"{value:,.0f}"


def percent(value: float | None) -> str:
    """``97.4%``, two decimals below 10. 100% is said of all, never of nearly all; 0% of none, never of a few."""
    if value is None:
        return DASH
    if value in (0, 100):
        return f"{value:.0f}%"
    digits = 2 if value < 10 else 1
    if 99.95 <= value < 100:
        return ">99.9%"
    return "<0.01%" if value < 0.005 else f"{value:,.{digits}f}%"


def usd(value: float | None) -> str:
    """``$1,234.56``; under a dollar as many decimals as it takes to say something: ``$0.042``, ``$0.00012``."""
    if value is None:
        return DASH
    if value >= 1 or value == 0:
        return f"${value:,.2f}"
    # Two significant digits, and cents at least.
    digits = next((places for places in range(2, 9) if value >= 10 ** (1 - places)), 8)
    return f"${value:.{digits}f}"


def milliseconds(value: float | None) -> str:
    """``840 ms``, ``4.2 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if value is None:
        return DASH
    if value < 999.5:
        return f"{value:.0f} ms"
    return f"{value / 1000:.1f} s" if value < 59_950 else seconds(round(value / 1000))


def duration(length: timedelta) -> str:
    """``45 min``, ``2 h 5 min``, ``3 d 4 h``: the two largest units, whole minutes."""
    return seconds(max(60, int(length.total_seconds()) // 60 * 60))


def seconds(total: int) -> str:
    """Whole seconds in their two largest units."""
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts = []
    for name, size in units:
        amount, total = divmod(total, size)
        parts.append((amount, name))
    first = next((index for index, (amount, _) in enumerate(parts) if amount), len(parts) - 1)
    return " ".join(f"{amount} {name}" for amount, name in parts[first : first + 2] if amount) or "0 s"


def long_date(day: date) -> str:
    """``Sunday, 8 March 2026``."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def short_date(day: date) -> str:
    """``Sun 8 Mar``."""
    return f"{day:%a} {day.day} {day:%b}"


def plural(amount: int, noun: str, nouns: str | None = None) -> str:
    """``1 hour``, ``1,234 hours``."""
    return f"{amount:,} {noun if amount == 1 else nouns or noun + 's'}"


def listing(items: list[str], limit: int = 12) -> str:
    """``a, b, c``; beyond ``limit``, how many more."""
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return ", ".join(items[:limit]) + more
