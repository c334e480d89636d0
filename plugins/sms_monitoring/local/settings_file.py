"""Reads ``airflow_settings.yaml`` (Astro's format) and hands it to plain Airflow.

Astro loads the file by itself. Here connections and variables become ``AIRFLOW_CONN_…`` and
``AIRFLOW_VAR_…`` environment variables, and pools are returned for the caller to create.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from sms_monitoring.local.errors import LocalStackError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Astro's key → the key of Airflow's JSON form of a connection.
CONNECTION_KEYS = {
    "conn_type": "conn_type",
    "conn_host": "host",
    "conn_schema": "schema",
    "conn_login": "login",
    "conn_password": "password",
    "conn_port": "port",
    "conn_extra": "extra",
}
_CONNECTION = {"conn_id", *CONNECTION_KEYS}
_POOL = {"pool_name", "pool_slot", "pool_description"}
_VARIABLE = {"variable_name", "variable_value"}
_SECTIONS = ("connections", "pools", "variables")


class SettingsFileError(LocalStackError):
    """The file is not as it should be; the message names the file, the key and what is expected."""


@dataclass(frozen=True)
class Pool:
    """An Airflow pool."""

    name: str
    slots: int
    description: str


@dataclass(frozen=True)
class Settings:
    """What the file says: connections by id (Airflow's JSON keys), pools, variables by name."""

    connections: dict[str, dict[str, Any]] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)


def read_settings(path: Path) -> Settings:
    """Read and check the file.

    :raises SettingsFileError: for a missing file, broken YAML, or an entry that is not as Astro defines it.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsFileError(f"{path} does not exist") from None
    except yaml.YAMLError as error:
        raise SettingsFileError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    return _Reader(path).settings(document)


def exports(settings: Settings, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, str]:
    """The environment variables from which Airflow reads these connections and variables.

    :param overrides: connection id → keys of Airflow's JSON form to use instead of the file's,
        e.g. ``{"sms_monitoring_smtp": {"port": 2525}}``; ids that the file lacks are an error.
    :raises SettingsFileError: for an override of a connection that the file does not have.
    """
    overrides = overrides or {}
    if unknown := sorted(set(overrides) - set(settings.connections)):
        raise SettingsFileError(f"airflow_settings.yaml has no connection {', '.join(unknown)}")
    result = {
        f"AIRFLOW_CONN_{conn_id.upper()}": json.dumps({**connection, **overrides.get(conn_id, {})})
        for conn_id, connection in settings.connections.items()
    }
    result.update({f"AIRFLOW_VAR_{name.upper()}": value for name, value in settings.variables.items()})
    return result


class _Reader:
    """Walks the document; every error names the file and the path of keys."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def settings(self, document: object) -> Settings:
        top = self._mapping(document, "the file", {"airflow"})
        airflow = self._mapping(top.get("airflow"), "airflow", set(_SECTIONS))
        connections = [self._connection(item, at) for item, at in self._entries(airflow, "connections", _CONNECTION)]
        pools = [self._pool(item, at) for item, at in self._entries(airflow, "pools", _POOL)]
        variables = [self._variable(item, at) for item, at in self._entries(airflow, "variables", _VARIABLE)]
        self._unique("connections", [conn_id for conn_id, _ in connections])
        self._unique("pools", [pool.name for pool in pools])
        self._unique("variables", [name for name, _ in variables])
        return Settings(dict(connections), tuple(pools), dict(variables))

    def _connection(self, item: dict[str, Any], at: str) -> tuple[str, dict[str, Any]]:
        conn_id = self._text(item, "conn_id", at)
        self._text(item, "conn_type", at)
        fields = {theirs: item[ours] for ours, theirs in CONNECTION_KEYS.items() if item.get(ours) not in (None, "")}
        if "port" in fields and (not isinstance(fields["port"], int) or isinstance(fields["port"], bool)):
            raise self._error(f"{at}.conn_port", f"is {fields['port']!r}, not a whole number")
        if "extra" in fields:
            fields["extra"] = self._extra(fields["extra"], f"{at}.conn_extra")
        for key in ("host", "schema", "login", "password"):
            if key in fields:
                fields[key] = str(fields[key])
        return conn_id, fields

    def _pool(self, item: dict[str, Any], at: str) -> Pool:
        slots = item.get("pool_slot")
        if not isinstance(slots, int) or isinstance(slots, bool) or slots < 1:
            raise self._error(f"{at}.pool_slot", f"is {slots!r}, not a whole number above 0")
        return Pool(self._text(item, "pool_name", at), slots, str(item.get("pool_description") or ""))

    def _variable(self, item: dict[str, Any], at: str) -> tuple[str, str]:
        name = self._text(item, "variable_name", at)
        if "variable_value" not in item:
            raise self._error(f"{at}.variable_value", "is missing (it may be empty)")
        value = item["variable_value"]
        if value is None:
            return name, ""
        return name, value if isinstance(value, str) else json.dumps(value)

    def _extra(self, value: object, at: str) -> dict[str, Any]:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise self._error(at, "is neither a mapping nor a JSON object") from None
        if not isinstance(value, dict):
            raise self._error(at, "is neither a mapping nor a JSON object")
        return value

    def _entries(self, airflow: dict[str, Any], section: str, keys: set[str]) -> list[tuple[dict[str, Any], str]]:
        entries = airflow.get(section) or []
        at = f"airflow.{section}"
        if not isinstance(entries, list):
            raise self._error(at, f"is a {type(entries).__name__}, not a list")
        return [(self._mapping(entry, f"{at}[{i}]", keys), f"{at}[{i}]") for i, entry in enumerate(entries)]

    def _mapping(self, value: object, at: str, keys: set[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            found = "empty" if value is None else f"a {type(value).__name__}"
            raise self._error(at, f"is {found}, not a mapping with: {', '.join(sorted(keys))}")
        if unknown := sorted(str(key) for key in value if key not in keys):
            raise self._error(at, f"has the unknown key {', '.join(unknown)}; known are: {', '.join(sorted(keys))}")
        return value

    def _text(self, item: dict[str, Any], key: str, at: str) -> str:
        value = item.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._error(f"{at}.{key}", "is missing or empty" if not value else f"is {value!r}, not a text")
        return value.strip()

    def _unique(self, section: str, names: list[str]) -> None:
        # Compared as the environment variables will be: upper case.
        upper = [name.upper() for name in names]
        if twice := sorted({name for name in names if upper.count(name.upper()) > 1}):
            raise self._error(f"airflow.{section}", f"names {', '.join(twice)} more than once")

    def _error(self, at: str, what: str) -> SettingsFileError:
        return SettingsFileError(f"{self._path}: {at} {what}")
