"""Plays the cases of rule tests on the rehearsal, the alert engine without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import ndiff

from sms_monitoring.alerts.model import ALL, AlertType
from sms_monitoring.alerts.rehearsal import Rehearsal, Said, Step
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.rulefile import Case, Deed, Expectation, show_span
from tests.alerts.series import Played

# The channels that are told of acknowledgements; a test compares them with the table's.
CARRY_ACKNOWLEDGEMENTS = ("pagerduty", "slack", "webhook")
TITLES = ("at", "hour, UTC", "entity", "observed", "judged", "state", "said")


@dataclass(slots=True, kw_only=True)
class Run:
    """One hour of a case: what people did before it, what the engine decided and said, and what was wrong with that."""

    at: timedelta
    deeds: list[str] = field(default_factory=list)
    steps: dict[str, Step] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Line:
    """One line of the timeline; ``same`` further runs came to the same."""

    cells: tuple[str, ...]
    note: str = ""
    until: str = ""

    def takes_in(self, other: Line) -> bool:
        """Whether the other needs no line of its own: as before, and nobody said or did anything."""
        return not (self.note or other.note or other.cells[6]) and self.cells[2:6] == other.cells[2:6]


def play(case: Case, alert: AlertType) -> str | None:
    """What went otherwise than the case expects, as a timeline to read; None: all as expected.

    :raises SeriesError: for a threshold with windows that the case's observations cannot be added up to.
    """
    played = Played(alert=alert, start=case.start, series=case.series)
    runs = _rehearse(case, played)
    messages = [_message(said, case) for run in runs for said in run.said]
    for expected in case.expect:
        run = runs[expected.at // HOUR - 1]
        run.faults += _faults(expected, run)
    if messages == list(case.messages) and not any(run.faults for run in runs):
        return None
    lines = [f"{case.file}, case {case.name!r}", "", *_timeline(case, played, runs)]
    if messages != list(case.messages):
        lines += ["", "messages (- expected and not said, + said and not expected):"]
        lines += [f"  {line}" for line in ndiff(case.messages, messages) if not line.startswith("?")]
    return "\n".join(lines)


def _rehearse(case: Case, played: Played) -> list[Run]:
    threshold = case.threshold
    rehearsal = Rehearsal(
        alert=played.alert,
        threshold=threshold,
        observe=played.observe,
        carry_acknowledgements=CARRY_ACKNOWLEDGEMENTS,
    )
    runs = []
    for number in range(1, case.hours + 1):
        run = Run(at=number * HOUR)
        now, said_before = case.start + run.at, len(rehearsal.said)
        for deed in case.deeds:
            if deed.at == run.at:
                _do(deed, rehearsal, run, now)
        slots = played.slots_of(now - threshold.evaluation_delay)
        steps = rehearsal.hour(Window(now - HOUR, now), aggregated="!" not in slots, failed="E" in slots)
        run.steps = {step.finding.observation.entity: step for step in steps}
        run.said = rehearsal.said[said_before:]
        runs.append(run)
    return runs


def _do(deed: Deed, rehearsal: Rehearsal, run: Run, now: datetime) -> None:
    run.deeds.append(f"a person: {deed.what}{_of(deed.entity)}")
    standing = rehearsal.standings.get(deed.entity)
    if standing is None or standing.incident_id is None:
        run.faults.append(f"there is no open incident{_of(deed.entity)} to {deed.what}")
    elif deed.what == "acknowledge":
        rehearsal.acknowledge(deed.entity, now)
    else:
        rehearsal.resolve(deed.entity, now)


def _faults(expected: Expectation, run: Run) -> list[str]:
    step = run.steps.get(expected.entity)
    if step is None:
        return [f"expected something{_of(expected.entity)}, found no evaluation{_of(expected.entity)}"]
    window = step.finding.window
    pairs = (
        ("state", expected.state, step.state),
        ("because", expected.because, step.finding.judgement.reason),
        ("over", expected.over and show_span(expected.over), show_span(window.end - window.start)),
        ("says", expected.says, tuple(_words(said) for said in run.said if said.entity == expected.entity)),
    )
    return [
        f"expected {key} {_listed(wanted)}{_of(expected.entity)}, found {_listed(found)}"
        for key, wanted, found in pairs
        if wanted is not None and wanted != found
    ]


def _timeline(case: Case, played: Played, runs: list[Run]) -> list[str]:
    """A table of all runs; runs in a row that came to the same, with nothing said, are one line."""
    lines = [Line(cells=TITLES)]
    for run in runs:
        notes = [Line(cells=(show_span(run.at), *[""] * 6), note=f"--- {deed}") for deed in run.deeds]
        notes += [Line(cells=_cells(case, played, run, step)) for step in run.steps.values()]
        notes += [Line(cells=(show_span(run.at), *[""] * 6), note=f"<<< {fault}") for fault in run.faults]
        for line in notes:
            if len(run.steps) == 1 and lines[-1].takes_in(line):
                lines[-1].until = line.cells[0]
            else:
                lines.append(line)
    for line in lines:
        line.cells = (f"{line.cells[0]}-{line.until}" if line.until else line.cells[0], *line.cells[1:])
    widths = [max(len(line.cells[column]) for line in lines if not line.note) for column in range(len(TITLES))]
    return [_text(line, widths) for line in lines]


def _text(line: Line, widths: list[int]) -> str:
    if line.note:
        return f"{line.cells[0]:<{widths[0]}}  {line.note}"
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(line.cells, widths, strict=True)).rstrip()


def _cells(case: Case, played: Played, run: Run, step: Step) -> tuple[str, ...]:
    finding = step.finding
    entity = finding.observation.entity
    end = case.start + run.at - case.threshold.evaluation_delay
    span = show_span(finding.window.end - finding.window.start)
    value, sample = finding.observation.value, finding.observation.sample_size
    measured = "" if sample is None else f" {'null' if value is None else f'{value:.4g}'}/{sample} over {span}"
    said = [_words(each) + _minutes(each, case, run) for each in run.said if each.entity == entity]
    return (
        show_span(run.at),
        f"{end - HOUR:%m-%d %H:%M}",
        entity,
        str(played.slot(entity, end)),
        f"{finding.judgement.verdict}, {finding.judgement.reason}{measured}",
        step.state,
        ", ".join(said),
    )


def _minutes(said: Said, case: Case, run: Run) -> str:
    """When it was not said at once: when."""
    at = said.at - case.start
    return "" if at == run.at else f" at {show_span(at)}"


def _message(said: Said, case: Case) -> str:
    return f"{show_span(said.at - case.start)} {_words(said)}{_of(said.entity)}"


def _words(said: Said) -> str:
    return " ".join((said.event, *sorted(said.channels)))


def _of(entity: str) -> str:
    return "" if entity == ALL else f" of {entity}"


def _listed(found: object) -> str:
    return f"[{', '.join(found)}]" if isinstance(found, tuple) else str(found)
