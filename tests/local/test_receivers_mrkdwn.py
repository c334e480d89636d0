"""mrkdwn as Slack shows it, and never as the browser would run it."""

from __future__ import annotations

import pytest

from sms_monitoring.local.receivers.mrkdwn import plain_to_html, to_html

LINK = 'target="_blank" rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a *bold* _slanted_ ~gone~ `code`", "a <b>bold</b> <i>slanted</i> <s>gone</s> <code>code</code>"),
        ("opt_out_rate_warning 2*3*4", "opt_out_rate_warning 2*3*4"),
        ("*all of _it_*", "<b>all of <i>it</i></b>"),
        ("A &amp; B &lt; C", "A &amp; B &lt; C"),
        ("one\ntwo", "one<br>two"),
        ("&gt; said\n&gt; twice\nafter", "<blockquote>said<br>twice</blockquote>after"),
        ("> said", "<blockquote>said</blockquote>"),
        ("<https://e.com/?a=1&amp;b=2|run>", f'<a href="https://e.com/?a=1&amp;b=2" {LINK}>run</a>'),
        ("*<https://e.com|run>*", f'<b><a href="https://e.com" {LINK}>run</a></b>'),
        ("<@U1> <!here> <#C1|ops>", " ".join(f'<span class="mention">{n}</span>' for n in ("@U1", "@here", "#ops"))),
        ("<!date^1^{date}|1 March>", "1 March"),
        ("```a *b*\n<c>```", "<pre>a *b*\n&lt;c&gt;</pre>"),
        (":warning: :not_an_emoji:", "⚠️ :not_an_emoji:"),
    ],
)
def test_shows_mrkdwn(text: str, shown: str) -> None:
    assert to_html(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<javascript:alert(1)|run>",
        '<https://e.com/" onclick="alert(1)|run>',
        "<https://e.com|<img src=x onerror=alert(1)>>",
        "`<img src=x onerror=alert(1)>`",
        "&lt;img src=x onerror=alert(1)&gt;",
        '\ue0000\ue001 <@U1"><img src=x onerror=alert(1)>',
    ],
)
def test_no_text_becomes_markup_of_its_own(text: str) -> None:
    shown = to_html(text)
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert '" onclick' not in shown


def test_plain_text_has_no_styles() -> None:
    assert plain_to_html("*5* &lt; <6> :fire:") == "*5* &lt; &lt;6&gt; :fire:"
    assert plain_to_html(":fire:", emoji=True) == "🔥"
