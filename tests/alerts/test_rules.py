"""The cases of ``rules/*.yaml``: given these hours, expect these states and messages. No database, but for the last.

To add one, add it to the alert type's file; to add an alert type, add its file.
"""

from __future__ import annotations

import re

import pytest

from sms_monitoring.alerts.store import find_threshold
from sms_monitoring.operators import alert_operators
from tests.alerts.rulefile import RULES, RuleFileError, read_rules, threshold_of
from tests.alerts.ruleplay import CARRY_ACKNOWLEDGEMENTS, play
from tests.alerts.series import SeriesError, parse_series

ALERTS = {operator.alert.name: operator.alert for operator in alert_operators()}
FILES = {path.stem: path for path in sorted(RULES.glob("*.yaml"))}
# Every alert type has at least one case whose name begins with each of these.
TO_BE_SHOWN = ("fires", "stays quiet", "flaps", "no data", "recovers")


def readable_rules():
    """The files that can be read; ``test_every_rule_file_can_be_read`` says what is wrong with the others."""
    for path in FILES.values():
        try:
            yield read_rules(path)
        except RuleFileError:
            continue


RULE_FILES = {rules.alert_type: rules for rules in readable_rules()}
CASES = [case for rules in RULE_FILES.values() for case in rules.cases]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule(case):
    if went_otherwise := play(case, ALERTS[case.alert_type]):
        pytest.fail(went_otherwise, pytrace=False)


@pytest.mark.parametrize("alert_type", FILES)
def test_every_rule_file_can_be_read(alert_type):
    try:
        read_rules(FILES[alert_type])
    except RuleFileError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.mark.parametrize("alert_type", sorted(ALERTS.keys() | FILES.keys()))
def test_every_alert_type_has_rules(alert_type):
    assert alert_type in FILES, f"tests/alerts/rules/{alert_type}.yaml is missing; see README.md in that folder"
    assert alert_type in ALERTS, f"tests/alerts/rules/{alert_type}.yaml is about no alert type"
    names = [case.name for case in RULE_FILES[alert_type].cases] if alert_type in RULE_FILES else TO_BE_SHOWN
    missing = [word for word in TO_BE_SHOWN if not any(name.startswith(word) for name in names)]
    assert not missing, f"{alert_type}.yaml has no case whose name begins with: {', '.join(missing)}"


def test_every_threshold_of_a_rule_is_one_that_the_table_takes_and_reads_alike(db):
    """What a file calls shipped is the migrated row; what a case changes passes the table's own checks."""
    for rules in RULE_FILES.values():
        assert threshold_of(rules.alert_type, rules.shipped) == find_threshold(db, rules.alert_type), rules.alert_type
        for case in rules.cases:
            with db.transaction(force_rollback=True):
                changes = ", ".join(f"{column} = %({column})s" for column in case.columns)
                key = {"alert_type": case.alert_type}
                db.execute(
                    f"UPDATE sms_alert_thresholds SET {changes} WHERE alert_type = %(alert_type)s", case.columns | key
                )
                assert case.threshold == find_threshold(db, case.alert_type), case


def test_the_channels_that_carry_acknowledgements_are_those_of_the_table(db):
    rows = db.execute("SELECT channel FROM sms_notification_channels WHERE carries_acknowledgements ORDER BY 1")
    assert tuple(channel for (channel,) in rows) == CARRY_ACKNOWLEDGEMENTS


# ── The notation, and what is refused ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("97/300", "97/300"),
        ("97/300x3", "97/300 97/300 97/300"),
        ("97.5/300 _ ! E null/0", "97.5/300 _ ! E null/0"),
        ("_x2 -1/4", "_ _ -1/4"),
        ("(0/1 _x2)x2 _", "0/1 _ _ 0/1 _ _ _"),
        ("((1/1)x2 _)x2", "1/1 1/1 _ 1/1 1/1 _"),
    ],
)
def test_a_series_is_written_short(text, hours):
    assert " ".join(str(slot) for slot in parse_series(text)) == hours


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("97", "'97' is no hour"),
        ("97/300y3", "'97/300y3' is no hour"),
        ("97/x", "'97/x' is no hour"),
        ("97/300x0", "repeats 0 times"),
        ("(97/300", "opens a bracket that is not closed"),
        ("97/300)x2", "closes a bracket that was not opened"),
        ("", "there is no hour in it"),
        ("(_x9000)x9000", "longer than a year"),
    ],
)
def test_a_series_in_another_notation_is_refused(text, fault):
    with pytest.raises(SeriesError) as error:
        parse_series(text)
    assert fault in str(error.value)


RULE = """
alert_type: delivery_rate_critical
shipped: {threshold_value: 90, comparison_operator: "<", severity: critical, notification_channel: pagerduty}
start: 2026-03-10 08:00
cases:
  - name: fires
    observations: {all: 97/300 40/300}
    expect: [{at: 2h, state: firing}]
    messages: [2h trigger pagerduty]
"""


@pytest.fixture
def read_rule(tmp_path):
    """Reads the rule file above, with one piece of its text replaced."""

    def read(old="", new=""):
        path = tmp_path / "delivery_rate_critical.yaml"
        path.write_text(RULE.replace(old, new, 1), encoding="utf-8")
        return read_rules(path)

    return read


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("at: 2h", "at: 3h", "case 'fires': expect: at: nothing is evaluated at 3h; runs are every hour from 1h to 2h"),
        ("at: 2h", "at: 90m", "nothing is evaluated at 90m"),
        ("at: 2h", "at: two", "'two' is no time of a case; write it like 3h, 2h30m or 8d"),
        ("at: 2h, state", "at: 2h, stat", "case 'fires': expect: unknown key stat; known are at, because"),
        ("firing}", "burning}", "case 'fires': expect at 2h: state: 'burning' is none of ok, pending, firing"),
        ("state: firing", "because: bad", "expect at 2h: because: 'bad' is none of within_threshold"),
        ("state: firing", "entity: Verizon, state: ok", "expect at 2h: 'Verizon' is not observed; observed are all"),
        (", state: firing", "", "expect at 2h: expects nothing"),
        ("40/300}", "40%}", "case 'fires': observations of all: '40%' is no hour"),
        ("40/300}", "40/300, Verizon: 97/300}", "different numbers of hours: all 2, Verizon 1"),
        ("40/300}", "!, Verizon: _x2}", "! and E are about all entities at once, but not so in hour 2"),
        ("all: 97/300 40/300", "", "observations: say what is observed of at least one entity"),
        ("    messages: [2h trigger pagerduty]", "", "case 1: the case: messages is missing"),
        ("2h trigger pagerduty", "2h triger pagerduty", "messages: '2h triger pagerduty': 'triger' is none of trigger"),
        ("2h trigger pagerduty", "2h trigger pigeon", "pigeon is no channel; channels are"),
        ("2h trigger pagerduty", "2h trigger", "'trigger' names no channel"),
        ("2h trigger pagerduty", "trigger pagerduty", "'trigger' is no time of a case"),
        ("messages:", "acknowledge: 9h\n    messages:", "acknowledge: nothing is evaluated at 9h"),
        ("messages:", "threshold: {cooldown: 5}\n    messages:", "threshold: unknown key cooldown; known are"),
        ("messages:", "threshold: {threshold_value: low}\n    messages:", "case 'fires': threshold:"),
        ("messages:", "threshold: {cooldown_minutes: soon}\n    messages:", "case 'fires': threshold:"),
        ("messages:", "mesages:", "case 1: the case: unknown key mesages"),
        ("08:00", "08:30", "'2026-03-10 08:30' is no UTC hour"),
        ("severity: critical, ", "", "shipped: severity is missing"),
        ("alert_type: delivery", "alert_type: delivered", "but the file is named delivery_rate_critical.yaml"),
        ("name: fires", "name: fires\n    name: twice", "name is said twice"),
        ("cases:", "cases: [", "is not YAML"),
    ],
)
def test_a_rule_that_cannot_be_right_is_refused_by_file_case_and_key(read_rule, old, new, fault):
    assert read_rule().cases
    with pytest.raises(RuleFileError) as error:
        read_rule(old, new)
    assert str(error.value).startswith("delivery_rate_critical.yaml")
    assert fault in str(error.value)


def test_the_example_of_the_readme_is_a_rule_file(read_rule):
    [example] = re.findall(r"```yaml\n(.*?)```", (RULES / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    [case] = read_rule(RULE, example).cases
    assert play(case, ALERTS["delivery_rate_critical"]) is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("firing}", "ok}", ["2h  <<< expected state ok, found firing"]),
        ("state: firing", "over: 2h", ["2h  <<< expected over 2h, found 1h"]),
        ("state: firing", "says: []", ["2h  <<< expected says [], found [trigger pagerduty]"]),
        ("[2h trigger pagerduty]", "[]", ["messages (-", "  + 2h trigger pagerduty"]),
        ("2h trigger pagerduty", "1h trigger slack", ["  - 1h trigger slack", "  + 2h trigger pagerduty"]),
        ("messages:", "acknowledge: 1h\n    messages:", ["1h  <<< there is no open incident to acknowledge"]),
    ],
)
def test_a_case_that_fails_shows_what_happened_beside_what_was_expected(read_rule, old, new, told):
    assert play(read_rule().cases[0], ALERTS["delivery_rate_critical"]) is None
    text = play(read_rule(old, new).cases[0], ALERTS["delivery_rate_critical"])
    assert text.startswith("delivery_rate_critical.yaml, case 'fires'")
    lines = [re.sub(" {2,}", "  ", line) for line in text.splitlines()]
    timeline = [
        "at  hour, UTC  entity  observed  judged  state  said",
        "1h  03-10 08:00  all  97/300  ok, within_threshold 97/300 over 1h  ok",
        "2h  03-10 09:00  all  40/300  breach, past_threshold 40/300 over 1h  firing  trigger pagerduty",
    ]
    for wanted in timeline + told:
        assert any(line.startswith(wanted) for line in lines), text
