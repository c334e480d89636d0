"""Reads rule tests: ``tests/alerts/rules/<alert_type>.yaml``. The format is described in ``rules/README.md``.

Whatever cannot be right is refused with a :class:`RuleFileError` that names file, case and key.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

from sms_monitoring.alerts.model import ALL, NoDataPolicy, Reason, State, Threshold
from sms_monitoring.notify.channels import channel_names
from sms_monitoring.notify.message import Event, Severity
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.series import SeriesError, Slot, parse_series

RULES = Path(__file__).with_name("rules")
# What a row of sms_alert_thresholds holds where nothing else is said; a test compares them with the table's.
DEFAULTS = {"cooldown_minutes": 60, "minimum_sample": 30, "confidence": 0.95}
UNITS = {"_minutes": "minutes", "_hours": "hours"}
COLUMNS = {
    "threshold_value", "comparison_operator", "severity", "notification_channel", "additional_channels",
    "cooldown_minutes", "minimum_sample", "confidence", "pending_evaluations", "recovery_evaluations",
    "recovery_threshold", "widen_to_hours", "long_window_hours", "long_window_minimum_sample", "no_data_policy",
    "evaluation_delay_hours", "repeat_interval_minutes", "escalation_channel", "escalate_after_minutes",
    "owner",
}  # fmt: skip
SHIPPED_MUST_SAY = {"threshold_value", "comparison_operator", "severity", "notification_channel"}
FILE_KEYS = {"alert_type", "shipped", "start", "cases"}
CASE_KEYS = {"name", "threshold", "start", "observations", "acknowledge", "resolve", "expect", "messages"}
EXPECT_KEYS = {"at", "entity", "state", "because", "over", "says"}
Word = TypeVar("Word", State, Reason, Event)
SPAN = re.compile(r"(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


class RuleFileError(ValueError):
    """A rule file, or a case in it, that says something impossible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one evaluation is expected to come to; None: anything.

    :param at: from the start of the case to the run that evaluates.
    :param over: how long the window that decided was.
    :param says: all that is said of the entity from that run up to the next.
    """

    at: timedelta
    entity: str
    state: State | None
    because: Reason | None
    over: timedelta | None
    says: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a person does to the open incident of an entity, just before the run ``at``."""

    at: timedelta
    what: str
    entity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: what is observed, hour by hour, and what is expected to come of it.

    :param columns: the threshold's columns, the case's own over the shipped ones.
    :param series: one slot an hour for each entity; all are equally long.
    :param messages: all that is said, in order, each with its time: "3h trigger pagerduty".
    """

    file: str
    alert_type: str
    name: str
    start: datetime
    columns: Mapping[str, Any]
    series: Mapping[str, tuple[Slot, ...]]
    deeds: tuple[Deed, ...]
    expect: tuple[Expectation, ...]
    messages: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.alert_type}: {self.name}"

    @property
    def hours(self) -> int:
        """How many hours the case lasts."""
        return len(next(iter(self.series.values())))

    @property
    def threshold(self) -> Threshold:
        """The threshold that the case is judged by."""
        return threshold_of(self.alert_type, self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """All cases of an alert type, and what the file says its shipped threshold is."""

    alert_type: str
    shipped: Mapping[str, Any]
    cases: tuple[Case, ...]


def threshold_of(alert_type: str, columns: Mapping[str, Any]) -> Threshold:
    """The threshold that these columns of ``sms_alert_thresholds`` make."""
    values: dict[str, Any] = {"alert_type": alert_type, "enabled": True}
    for column, value in {**DEFAULTS, **columns}.items():
        unit = next((unit for suffix, unit in UNITS.items() if column.endswith(suffix)), None)
        name = column.removesuffix(f"_{unit}")
        values[name] = timedelta(**{unit: value}) if unit and value is not None else value
    for name in ("threshold_value", "recovery_threshold"):
        values[name] = None if values.get(name) is None else Decimal(str(values[name]))
    values["severity"] = Severity(values["severity"])
    values["no_data_policy"] = NoDataPolicy(values.get("no_data_policy", NoDataPolicy.KEEP))
    values["additional_channels"] = tuple(values.get("additional_channels", ()))
    return Threshold(**values)


def show_span(span: timedelta) -> str:
    """A time of a case as its file writes it: "3h", "2h30m"; the case's start is "0h"."""
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60}h{minutes % 60:02d}m" if minutes % 60 else f"{minutes // 60}h"


def read_rules(path: Path) -> RuleFile:
    """The cases of one file.

    :raises RuleFileError: when it is no YAML, or says something impossible.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        raise RuleFileError(f"{path.name} is not YAML: {error}") from error
    return _Reader(path.name).file(content, path.stem)


class _Loader(yaml.SafeLoader):
    """YAML in which a key said twice is an error: the first would silently be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(twice)} is said twice", node.start_mark)
        return super().construct_mapping(node, deep)


class _Reader:
    """Reads, and knows where it is: ``where`` begins every error."""

    def __init__(self, where: str) -> None:
        self.name = where
        self.where = where

    def file(self, content: Any, stem: str) -> RuleFile:
        known = self._mapping(content, "the file", FILE_KEYS, required={"alert_type", "shipped", "cases"})
        alert_type = known["alert_type"]
        if alert_type != stem:
            self._refuse(f"alert_type is {alert_type!r}, but the file is named {self.name}")
        shipped = self._mapping(known["shipped"], "shipped", COLUMNS, required=SHIPPED_MUST_SAY)
        cases: list[Case] = []
        for number, item in enumerate(self._list(known["cases"], "cases"), 1):
            self.where = f"{self.name}, case {number}"
            cases.append(self._case(item, alert_type, shipped, known.get("start")))
            if any(case.name == cases[-1].name for case in cases[:-1]):
                self._refuse("another case has this name")
        return RuleFile(alert_type=alert_type, shipped=shipped, cases=tuple(cases))

    def _case(self, item: Any, alert_type: str, shipped: Mapping[str, Any], start: Any) -> Case:
        known = self._mapping(item, "the case", CASE_KEYS, required={"name", "observations", "expect", "messages"})
        self.where = f"{self.name}, case {known['name']!r}"
        own = self._mapping(known.get("threshold") or {}, "threshold", COLUMNS)
        columns = {**shipped, **own}
        try:
            threshold_of(alert_type, columns)
        except (TypeError, ValueError, InvalidOperation) as error:
            self._refuse(f"threshold: {error}")
        series = self._series(known["observations"])
        case_ends = timedelta(hours=len(next(iter(series.values()))))
        deeds = [
            self._deed(text, what, series, case_ends)
            for what in ("acknowledge", "resolve")
            for text in self._list(known.get(what) or [], what)
        ]
        expect = [self._expectation(each, series, case_ends) for each in self._list(known["expect"], "expect")]
        return Case(
            file=self.name,
            alert_type=alert_type,
            name=known["name"],
            start=self._moment(known.get("start", start)),
            columns=columns,
            series=series,
            deeds=tuple(sorted(deeds, key=lambda deed: deed.at)),
            expect=tuple(expect),
            messages=tuple(self._message(text, series) for text in self._list(known["messages"], "messages")),
        )

    def _series(self, item: Any) -> dict[str, tuple[Slot, ...]]:
        texts = self._mapping(item, "observations", None)
        if not texts:
            self._refuse("observations: say what is observed of at least one entity, for example all: 97/300x3")
        series = {}
        for entity, text in texts.items():
            try:
                series[entity] = parse_series(str(text))
            except SeriesError as error:
                self._refuse(f"observations of {entity}: {error}")
        lengths = {entity: len(slots) for entity, slots in series.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{entity} {length}" for entity, length in lengths.items())
            self._refuse(f"observations: the entities have different numbers of hours: {told}")
        for hour, slots in enumerate(zip(*series.values(), strict=True), 1):
            if {"!", "E"} & set(slots) and len(set(slots)) > 1:
                self._refuse(f"observations: ! and E are about all entities at once, but not so in hour {hour}")
        return series

    def _expectation(self, item: Any, series: Mapping[str, Any], case_ends: timedelta) -> Expectation:
        known = self._mapping(item, "expect", EXPECT_KEYS, required={"at"})
        if known.keys() <= {"at", "entity"}:
            self._refuse(f"expect at {known['at']}: expects nothing; say state, because, over or says")
        key = f"expect at {known['at']}"
        says = known.get("says")
        return Expectation(
            at=self._run(known["at"], "expect: at", case_ends),
            entity=self._entity(known.get("entity", ALL), key, series),
            state=self._word(State, known.get("state"), f"{key}: state"),
            because=self._word(Reason, known.get("because"), f"{key}: because"),
            over=None if "over" not in known else self._span(known["over"], f"{key}: over"),
            says=None if says is None else tuple(self._said(t, f"{key}: says") for t in self._list(says, key)),
        )

    def _deed(self, text: Any, what: str, series: Mapping[str, Any], case_ends: timedelta) -> Deed:
        at, _, entity = str(text).partition(" of ")
        return Deed(at=self._run(at, what, case_ends), what=what, entity=self._entity(entity or ALL, what, series))

    def _message(self, text: Any, series: Mapping[str, Any]) -> str:
        said, of, entity = str(text).partition(" of ")
        at, _, rest = said.partition(" ")
        if of:
            self._entity(entity, f"messages: {text!r}", series)
        about = f" of {entity}" if of and entity != ALL else ""
        return f"{show_span(self._span(at, f'messages: {text!r}'))} {self._said(rest, f'messages: {text!r}')}{about}"

    def _said(self, text: Any, key: str) -> str:
        event, *channels = str(text).split() or [""]
        self._word(Event, event, key)
        if not channels or (unknown := [name for name in channels if name not in channel_names()]):
            wrong = f"{', '.join(unknown)} is no channel" if channels else f"{text!r} names no channel"
            self._refuse(f"{key}: {wrong}; channels are {', '.join(channel_names())}")
        return " ".join((event, *sorted(channels)))

    def _run(self, text: Any, key: str, case_ends: timedelta) -> timedelta:
        """The time of a run: a whole hour of the case."""
        at = self._span(text, key)
        if at % HOUR or not timedelta(0) < at <= case_ends:
            self._refuse(
                f"{key}: nothing is evaluated at {text}; runs are every hour from 1h to {show_span(case_ends)}"
            )
        return at

    def _span(self, text: Any, key: str) -> timedelta:
        found = SPAN.fullmatch(str(text))
        if found is None:
            self._refuse(f"{key}: {text!r} is no time of a case; write it like 3h, 2h30m or 8d")
        days, hours, minutes = (int(number or 0) for number in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)

    def _moment(self, value: Any) -> datetime:
        try:
            # YAML makes a date of some times, and leaves others as they are.
            moment = datetime.fromisoformat(str(value))
            moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
            return Window(moment, moment + HOUR).start
        except ValueError:
            self._refuse(f"start: {str(value)!r} is no UTC hour; write it like 2026-03-10 08:00")

    def _entity(self, entity: Any, key: str, series: Mapping[str, Any]) -> str:
        if entity not in series and entity != ALL:
            self._refuse(f"{key}: {entity!r} is not observed; observed are {', '.join(series)}")
        return str(entity)

    def _word(self, words: type[Word], text: Any, key: str) -> Word | None:
        if text is not None and text not in list(words):
            self._refuse(f"{key}: {text!r} is none of {', '.join(words)}")
        return None if text is None else words(text)

    def _mapping(
        self, item: Any, key: str, allowed: Iterable[str] | None, required: Iterable[str] = ()
    ) -> dict[str, Any]:
        if not isinstance(item, dict):
            self._refuse(f"{key}: must be keys with values, not {item!r}")
        if allowed is not None and (unknown := item.keys() - set(allowed)):
            names = ", ".join(sorted(map(str, unknown)))
            self._refuse(f"{key}: unknown key {names}; known are {', '.join(sorted(allowed))}")
        if missing := set(required) - item.keys():
            self._refuse(f"{key}: {', '.join(sorted(missing))} is missing")
        return item

    def _list(self, item: Any, key: str) -> list[Any]:
        # One thing need not be put in brackets.
        return item if isinstance(item, list) else [item]

    def _refuse(self, fault: str) -> NoReturn:
        raise RuleFileError(f"{self.where}: {fault}")
