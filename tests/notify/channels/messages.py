"""What the contract sends: every event, a group, and whatever the data may hold."""

from __future__ import annotations

from dataclasses import replace

from sms_monitoring.notify.message import Link, Message, Severity
from tests.notify.samples import ACKNOWLEDGE, ESCALATE, EVENTS, REPEAT, RESOLVE, TRIGGER, WARNING

GROUP = [
    RESOLVE,
    *(
        replace(
            WARNING,
            entity=f"carrier-{letter}",
            dedup_key=f"sms-monitoring/{letter}",
            summary=f"Opt-outs are many at carrier-{letter}: 12.4 %, above the threshold of 10 % (sample 410).",
        )
        for letter in "abcdefghijkl"
    ),
    replace(TRIGGER, dedup_key="sms-monitoring/delivery"),
]
GROUP_OF_FEW = [RESOLVE, ACKNOWLEDGE, REPEAT, WARNING, ESCALATE]
GOLDEN_CASES: dict[str, list[Message]] = {
    **{event: [message] for event, message in EVENTS.items()},
    "group": GROUP,
    "group_of_few": GROUP_OF_FEW,
}

LONG = "Smith & Sons <wireless> 📵 " * 1000
FAMILY = "👩\u200d👩\u200d👧\u200d👦👍🏽e\u0301🇩🇪"


def _everywhere(text: str, *, times: int = 14) -> Message:
    """A message that says ``text`` wherever it may say something."""
    return replace(
        TRIGGER,
        title=text,
        summary=text,
        entity=text,
        facts=tuple((f"{text}", text) for _ in range(times)),
        links=(
            Link(label=text, url="https://a.example/?b=c&d=<e>|f"),
            Link(label=text, url=f"https://a.example/{text}"),
        ),
    )


def _stored(message: Message) -> Message:
    """As it comes out of the outbox."""
    return Message.from_json(message.to_json())


HOSTILE: dict[str, Message] = {
    name: _stored(replace(message, dedup_key=f"sms-monitoring/{name}"))
    for name, message in {
        "huge": replace(
            _everywhere(LONG, times=80),
            links=tuple(Link(label=LONG, url=f"https://a.example/{'x' * 500}?{n}") for n in range(100)),
        ),
        "huge_ascii": _everywhere("x" * 50_000),
        "ampersands": _everywhere("&" * 5000),
        "emoji": _everywhere(FAMILY * 500),
        "html": _everywhere("</td><script>alert(1)</script><img src=x onerror=alert(1)> &amp;lt; &#60; \"'"),
        "slack_markup": _everywhere("<!channel> <@U1> *bold* _i_ ~s~ `code` ```x``` > quote <https://e.example|here>"),
        "control_characters": _everywhere("a\x00b\x01c\x1b[31md\x7f\x85\u2028\r\nBcc: eve@example.com\r\n\r\nbody"),
        "right_to_left": _everywhere("\u202egnihtemos\u202c \u200fتنبيه \u2067مرحبا\u2069 שלום"),
        "half_a_pair": _everywhere("a\ud83d b \udc4d c"),
        "empty": replace(TRIGGER, title="", summary="", entity="", facts=(("", ""),), links=()),
        "white_space": _everywhere(" \t\n "),
        "odd_links": replace(
            TRIGGER,
            links=tuple(
                Link(label="x", url=url)
                for url in ("javascript:alert(1)", "/relative", "http://[broken", "https://a.example/\U0001f44d b", "")
            ),
        ),
        "worst_severity": replace(TRIGGER, severity=Severity.INFO, alert_type="x" * 100),
    }.items()
}
