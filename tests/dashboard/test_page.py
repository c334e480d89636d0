"""Which files are given out, and how."""

from __future__ import annotations

import pytest

from sms_monitoring.dashboard import page


@pytest.mark.parametrize(
    "name",
    ["../page.py", "js/../../page.py", "/etc/passwd", "js", "", "index.html", "vendor/vendored.json", "js//main.js"],
)
def test_only_what_is_on_the_list_is_given_out(name):
    assert page.static_file(name) is None


def test_vendored_files_are_kept_for_good_and_our_own_asked_for_anew():
    vendored = page.static_file("vendor/htm-3.1.1/htm.js")
    own = page.static_file("js/main.js")
    assert "immutable" in vendored.cache_control
    assert own.cache_control == "private, no-cache"
    assert page.static_file("vendor/VENDORED.md").cache_control == "private, no-cache"
    assert own.content_type == "text/javascript; charset=utf-8"
    assert own.etag != vendored.etag


def test_the_page_names_all_modules_ahead_and_nothing_inline():
    text = page.page().content.decode()
    assert text.count('rel="modulepreload"') == len([name for name in page.allowed() if name.startswith("js/")])
    assert page.PRELOADS not in text
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text


def test_the_policy_allows_nothing_inline_and_no_eval():
    assert "unsafe" not in page.CONTENT_SECURITY_POLICY
    assert page.CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
