"""One operator an alert type of the hourly DAG. A module placed here is found by itself: see ``alert_operators``."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sms_monitoring.alerts.model import AlertType
    from sms_monitoring.operators.base import AlertOperator


def alert_operators() -> list[type[AlertOperator]]:
    """The operator classes of all alert types, by name of the type.

    :raises ValueError: when two classes claim one alert type.
    """
    from sms_monitoring.operators.base import AlertOperator

    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    found: dict[str, type[AlertOperator]] = {}
    for operator in AlertOperator.__subclasses__():
        other = found.setdefault(operator.alert.name, operator)
        if other is not operator:
            raise ValueError(f"{other.__name__} and {operator.__name__} both watch {operator.alert.name!r}")
    return [found[name] for name in sorted(found)]


def alert_types() -> list[AlertType]:
    """All alert types by name: those that an operator of the hourly DAG evaluates, and the watchdog's."""
    from sms_monitoring.watchdog.types import WATCHES

    hourly = [operator.alert for operator in alert_operators()]
    return sorted((*hourly, *WATCHES), key=lambda alert: alert.name)
