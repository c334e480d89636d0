"""What each channel makes of each event, whole, as files to read.

``REGENERATE_GOLDEN=1 pytest tests/notify/test_golden.py`` writes them anew; look at the difference before you commit.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sms_monitoring.notify.channels import email, pagerduty, slack
from sms_monitoring.notify.message import Message
from tests.notify.samples import EVENTS

GOLDEN = Path(__file__).parent / "golden"


def slack_files(message: Message) -> dict[str, str]:
    return {"json": json.dumps(slack.format_message(message), indent=2, ensure_ascii=False) + "\n"}


def pagerduty_files(message: Message) -> dict[str, str]:
    return {"json": json.dumps(pagerduty.format_message(message), indent=2, ensure_ascii=False) + "\n"}


def email_files(message: Message) -> dict[str, str]:
    mail = email.format_message(message, sender="sms@example.com", recipients=("oncall@example.com",))
    text, html = mail.iter_parts()
    headers = "".join(f"{name}: {value}\n" for name, value in mail.items() if not name.startswith(("Content", "MIME")))
    return {
        "txt": f"{headers}\n{text.get_content()}".replace("\r\n", "\n"),
        "html": html.get_content().replace("\r\n", "\n"),
    }


CHANNELS = {"slack": slack_files, "pagerduty": pagerduty_files, "email": email_files}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_golden(channel: str, event: str) -> None:
    for ending, made in CHANNELS[channel](EVENTS[event]).items():
        file = GOLDEN / f"{channel}_{event}.{ending}"
        if os.environ.get("REGENERATE_GOLDEN"):
            file.write_text(made, encoding="utf-8")
        assert made == file.read_text(encoding="utf-8"), f"{file.name} differs; see this module's docstring"
