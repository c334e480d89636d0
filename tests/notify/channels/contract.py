"""What every channel keeps to. Each channel's test module has a subclass with that channel's data.

Golden files hold what a channel makes of each event, whole, to read. ``REGENERATE_GOLDEN=1 pytest
tests/notify/channels -k golden`` writes them anew; look at the difference before you commit.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.channels.base import (
    Answer,
    ConfigurationError,
    Delivered,
    Misconfigured,
    Permanent,
    RetryLater,
)
from sms_monitoring.notify.message import Event
from tests.notify.channels.messages import GOLDEN_CASES, GROUP, HOSTILE
from tests.notify.samples import TRIGGER

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers
    from sms_monitoring.notify.channels.base import Channel, Result
    from sms_monitoring.notify.message import Message

REPOSITORY = Path(__file__).resolve().parents[3]
GOLDEN = REPOSITORY / "tests" / "notify" / "golden"


class ChannelContract:
    """Inherit, name the class ``Test…``, fill in the data.

    :cvar channel: its name: of its module, its row, its receiver.
    :cvar conn_id: its Airflow connection.
    :cvar canary: the secret in :meth:`connection`; holds the word CANARY.
    :cvar confidential: what else must appear in no result and no log.
    :cvar harmless: a pattern of those warnings of the receiver that are no fault of the channel; by default none.
    :cvar retried: codes after which a message is sent again; likewise ``whole_channel``, ``final``, ``misconfigured``.
    :cvar malformed: connection URIs, and words of the complaint about each.
    :cvar far_side: the fixture of the far side that answers word for word, and ``answers`` what it is to answer.
    """

    channel: ClassVar[str]
    conn_id: ClassVar[str]
    canary: ClassVar[str]
    confidential: ClassVar[tuple[str, ...]] = ()
    harmless: ClassVar[str] = r"(?!)"
    retried: ClassVar[tuple[int, ...]]
    whole_channel: ClassVar[tuple[int, ...]]
    final: ClassVar[tuple[int, ...]]
    misconfigured: ClassVar[tuple[int, ...]]
    malformed: ClassVar[tuple[tuple[str, str], ...]]
    far_side: ClassVar[str]
    answers: ClassVar[tuple[Any, ...]]

    # ── What a channel's subclass says ───────────────────────────────────────────────────────

    def connection(self, port: int) -> str:
        """The URI of a connection to a port of this machine, with the canary for its secret."""
        raise NotImplementedError

    def wrong_connections(self, receivers: Receivers, request: pytest.FixtureRequest) -> dict[str, str]:
        """URIs of connections that a far side refuses, by a word of its answer."""
        raise NotImplementedError

    def let_answer(self, far_side: Any, answer: Any, words: str) -> None:
        """Make the far side give one of ``answers``, with these words."""
        raise NotImplementedError

    def files(self, messages: list[Message]) -> dict[str, str]:
        """The golden files' text by their endings."""
        raise NotImplementedError

    def check(self, content: dict[str, Any]) -> None:
        """Assert that what the receiver took keeps to the channel's limits and is whole."""
        raise NotImplementedError

    # ── How it is used ───────────────────────────────────────────────────────────────────────

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        cases = {
            "retried_code": self.retried,
            "whole_channel_code": self.whole_channel,
            "final_code": self.final,
            "misconfigured_code": self.misconfigured,
            "malformed_connection": self.malformed,
            "far_answer": self.answers,
            "hostile": tuple(HOSTILE),
            "golden_case": self.golden_cases(),
        }
        for name, values in cases.items():
            if name in metafunc.fixturenames:
                ids = str if isinstance(values[0], (int, str)) else None
                metafunc.parametrize(name, values, ids=ids)

    def golden_cases(self) -> tuple[str, ...]:
        """Those that this channel can be sent: a group only where it takes one."""
        takes_groups = hasattr(self.module, "format_group")
        return tuple(name for name, messages in GOLDEN_CASES.items() if len(messages) == 1 or takes_groups)

    @property
    def variable(self) -> str:
        """The environment variable that holds the connection."""
        return f"AIRFLOW_CONN_{self.conn_id.upper()}"

    @property
    def module(self) -> Any:
        """The channel's module."""
        return import_module(f"sms_monitoring.notify.channels.{self.channel}")

    def load(self) -> Channel:
        return load_channel(self.channel)

    def send(self, message: Message = TRIGGER) -> Result:
        return self.load().send([message])

    def taken(self, receivers: Receivers) -> dict[str, Any]:
        """The one delivery that the receiver took, and had nothing to say against."""
        (record,) = receivers.received(self.channel)
        warnings = [warning for warning in record["warnings"] if not re.search(self.harmless, warning)]
        assert (record["accepted"], warnings) == (True, [])
        return record

    def assert_nothing_leaks(self, text: str) -> None:
        for secret in ("CANARY", *self.confidential):
            assert secret not in text

    # ── Delivered ────────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize("event", Event)
    def test_delivered(self, receivers: Receivers, event: Event) -> None:
        assert self.send(GOLDEN_CASES[event][0]) == Delivered()

        self.taken(receivers)

    def test_a_group_is_one_delivery(self, receivers: Receivers) -> None:
        channel = self.load()
        messages = GROUP[: channel.group_size]

        assert channel.send(messages) == Delivered()

        record = self.taken(receivers)
        self.check(record["content"])

    def test_what_takes_groups_has_a_format_for_them(self, receivers: Receivers) -> None:
        assert hasattr(self.module, "format_group") == (self.load().group_size > 1)

    # ── What is answered otherwise ───────────────────────────────────────────────────────────

    def test_each_code_of_the_retry_table_is_tested(self) -> None:
        tested = {
            Answer.RETRY: self.retried,
            Answer.RETRY_WHOLE_CHANNEL: self.whole_channel,
            Answer.PERMANENT: self.final,
            Answer.MISCONFIGURED: self.misconfigured,
        }
        untested = {
            code: meaning
            for code, meaning in self.module.RETRIES.items()
            if meaning in tested and code not in tested[meaning] and not str(code).endswith("xx")
        }
        assert untested == {}

    def test_retried(self, receivers: Receivers, retried_code: int) -> None:
        receivers.fail(self.channel, status=retried_code)

        outcome = self.send()

        assert isinstance(outcome, RetryLater)
        assert (outcome.after_seconds, outcome.whole_channel) == (None, False)
        assert str(retried_code) in outcome.reason
        assert len(receivers.received(self.channel)) == 1, "a channel asks once"

    def test_retried_and_all_others_with_it(self, receivers: Receivers, whole_channel_code: int) -> None:
        receivers.fail(self.channel, status=whole_channel_code)

        outcome = self.send()

        assert isinstance(outcome, RetryLater)
        assert outcome.whole_channel
        assert len(receivers.received(self.channel)) == 1

    def test_final(self, receivers: Receivers, final_code: int) -> None:
        receivers.fail(self.channel, status=final_code)

        outcome = self.send()

        assert isinstance(outcome, Permanent)
        assert str(final_code) in outcome.reason
        assert len(receivers.received(self.channel)) == 1

    def test_no_matter_of_the_message(self, receivers: Receivers, misconfigured_code: int) -> None:
        receivers.fail(self.channel, status=misconfigured_code)

        outcome = self.send()

        assert isinstance(outcome, Misconfigured)
        assert str(misconfigured_code) in outcome.reason
        assert f"airflow connections add {self.conn_id}" in outcome.reason
        assert len(receivers.received(self.channel)) == 1

    def test_an_answer_that_is_lost_is_retried(self, receivers: Receivers) -> None:
        receivers.fail(self.channel, drop=True)

        outcome = self.send()

        assert isinstance(outcome, RetryLater)
        assert not outcome.whole_channel
        assert len(receivers.received(self.channel)) == 1, "no library sends again what may have been taken"

    def test_a_far_side_that_is_not_there(
        self, receivers: Receivers, free_port: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        monkeypatch.setenv(self.variable, self.connection(free_port))

        outcome = self.send()

        assert isinstance(outcome, RetryLater)
        assert outcome.whole_channel
        assert "refused" in outcome.reason.lower()
        self.assert_nothing_leaks(repr(outcome) + caplog.text)

    def test_a_far_side_that_stalls_is_given_up_on(self, receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
        # The real time-out is ten seconds: here its size is not what is tested.
        monkeypatch.setattr(self.module, "TIMEOUT_SECONDS", 1, raising=False)
        monkeypatch.setattr("sms_monitoring.hooks.smtp.TIMEOUT_SECONDS", 1)
        receivers.fail(self.channel, stall=60)

        outcome = self.send()

        assert isinstance(outcome, RetryLater)
        assert "time" in outcome.reason.lower()
        assert len(receivers.received(self.channel)) == 1

    # ── Connections ──────────────────────────────────────────────────────────────────────────

    def test_a_missing_connection_is_named_with_how_to_set_it(self, no_connections: None) -> None:
        with pytest.raises(ConfigurationError) as caught:
            self.load()

        assert f"Airflow connection '{self.conn_id}' is missing" in str(caught.value)
        assert f"airflow connections add {self.conn_id} --conn-type" in str(caught.value)

    def test_a_malformed_connection_is_explained(
        self,
        receivers: Receivers,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        malformed_connection: tuple[str, str],
    ) -> None:
        caplog.set_level(logging.DEBUG)
        uri, fault = malformed_connection
        monkeypatch.setenv(self.variable, uri)

        with pytest.raises(ConfigurationError) as caught:
            self.load()

        assert self.conn_id in str(caught.value)
        assert fault in str(caught.value)
        assert "airflow connections add" in str(caught.value)
        self.assert_nothing_leaks(str(caught.value) + caplog.text)

    def test_a_wrong_connection_is_no_matter_of_the_message(
        self,
        receivers: Receivers,
        request: pytest.FixtureRequest,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for answer, uri in self.wrong_connections(receivers, request).items():
            monkeypatch.setenv(self.variable, uri)

            outcome = self.send()

            assert isinstance(outcome, Misconfigured)
            assert answer in outcome.reason
            assert f"airflow connections add {self.conn_id}" in outcome.reason
            self.assert_nothing_leaks(repr(outcome) + caplog.text)

    # ── Secrets ──────────────────────────────────────────────────────────────────────────────

    def test_a_far_side_that_quotes_our_secret(
        self,
        receivers: Receivers,
        request: pytest.FixtureRequest,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        far_answer: Any,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        far_side = request.getfixturevalue(self.far_side)
        words = f"no {self.canary} at /services/T0/B0/{self.canary} {' '.join(self.confidential)} {self.canary * 90}"
        self.let_answer(far_side, far_answer, words)
        monkeypatch.setenv(self.variable, self.connection(far_side.port))

        outcome = self.send()

        assert not isinstance(outcome, Delivered)
        assert not isinstance(far_answer, int) or str(far_answer) in outcome.reason
        self.assert_nothing_leaks(repr(outcome) + caplog.text)

    def test_a_deployment_that_logs_everything_logs_no_secret(
        self, receivers: Receivers, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        far_side = request.getfixturevalue(self.far_side)
        program = (
            "import logging; logging.basicConfig(level=logging.DEBUG)\n"
            "from sms_monitoring.notify.channels import load_channel\n"
            "from tests.notify.samples import TRIGGER\n"
            f"print(load_channel({self.channel!r}).send([TRIGGER]))"
        )
        environment = {
            **child_environment(),
            **{name: value for name, value in os.environ.items() if name.startswith("AIRFLOW_VAR_")},
            self.variable: self.connection(far_side.port),
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
            "AIRFLOW_HOME": str(tmp_path),
        }

        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
        )

        assert "DEBUG" in done.stderr
        self.assert_nothing_leaks(done.stdout + done.stderr)

    # ── Whatever the data holds ──────────────────────────────────────────────────────────────

    def test_hostile_content_is_taken_whole_and_within_limits(self, receivers: Receivers, hostile: str) -> None:
        assert self.send(HOSTILE[hostile]) == Delivered()

        record = self.taken(receivers)
        self.check(record["content"])
        assert_no_emoji_is_torn(record["content"])

    def test_a_group_of_hostile_content_is_taken_too(self, receivers: Receivers) -> None:
        channel = self.load()
        messages = [*HOSTILE.values(), *GROUP][: channel.group_size]

        assert channel.send(messages) == Delivered()

        record = self.taken(receivers)
        self.check(record["content"])
        assert_no_emoji_is_torn(record["content"])

    # ── Golden files ─────────────────────────────────────────────────────────────────────────

    def test_golden(self, golden_case: str) -> None:
        messages = GOLDEN_CASES[golden_case]
        for ending, made in self.files(messages).items():
            file = GOLDEN / f"{self.channel}_{golden_case}.{ending}"
            if os.environ.get("REGENERATE_GOLDEN"):
                file.write_text(made, encoding="utf-8")
            assert made == file.read_text(encoding="utf-8"), f"{file.name} differs; see this module's docstring"

    def json_file(self, messages: list[Message]) -> dict[str, str]:
        """The golden file of a channel whose payload is JSON."""
        return {"json": json.dumps(self.payload(messages), indent=2, ensure_ascii=False) + "\n"}

    def payload(self, messages: list[Message], **options: Any) -> Any:
        """What the channel's formatters make of one message, or of several."""
        if len(messages) == 1:
            return self.module.format_message(messages[0], **options)
        return self.module.format_group(messages, **options)


class HttpChannelContract(ChannelContract):
    """What else every channel that speaks HTTP keeps to."""

    far_side = "http_far_side"
    answers = (400, 401, 404, 429, 500)

    def let_answer(self, far_side: Any, answer: Any, words: str) -> None:
        far_side.status, far_side.body = answer, words

    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after_is_honoured(self, receivers: Receivers, status: int) -> None:
        receivers.fail(self.channel, status=status, retry_after=37)

        outcome = self.send()

        assert isinstance(outcome, RetryLater)
        assert (outcome.after_seconds, outcome.whole_channel) == (37, True)


def child_environment() -> dict[str, str]:
    """For a Python of its own, with the package and the tests importable."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{REPOSITORY / 'plugins'}:{REPOSITORY}"}


def assert_no_emoji_is_torn(content: Any) -> None:
    """Nowhere does an ellipsis follow half an emoji."""
    for text in _texts(content):
        assert "\ufffd" not in text
        assert not re.search("\u200d(…|\\.\\.\\.)", text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
