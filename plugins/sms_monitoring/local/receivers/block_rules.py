"""Block Kit's limits, as the Slack API enforces them. Pure: a block in, sentences about its faults out.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

MAX_BLOCKS = 50
MAX_ID = 255
MAX_URL = 3000
MAX_ALT_TEXT = 2000
# Known to Slack in messages, but not looked into here beyond their type.
OTHER_BLOCKS = frozenset(
    ("alert", "call", "card", "carousel", "context_actions", "file", "input", "plan", "rich_text", "table", "video")
)
SELECTS = ("channels_select", "conversations_select", "external_select", "static_select", "users_select")
PICKERS = ("checkboxes", "datepicker", "datetimepicker", "overflow", "radio_buttons", "timepicker")
ACTION_ELEMENTS = frozenset(
    ("button", "workflow_button", *PICKERS, *SELECTS, *(f"multi_{select}" for select in SELECTS))
)

Block = dict[str, Any]


def block_errors(blocks: object, where: str = "blocks") -> Iterator[str]:
    """Every fault of a list of blocks, each as a sentence that begins with its path."""
    if not isinstance(blocks, list):
        yield f"{where} must be a list, not {type(blocks).__name__}"
        return
    if len(blocks) > MAX_BLOCKS:
        yield f"{where} holds {len(blocks)} blocks, at most {MAX_BLOCKS}"
    for number, block in enumerate(blocks):
        path = f"{where}[{number}]"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind in CHECKS:
            yield from CHECKS[kind](block, path)
        elif kind not in OTHER_BLOCKS:
            yield f"{path} has no known block type: {kind!r}"
    ids = [block.get("block_id") for block in blocks if isinstance(block, dict)]
    for block_id in ids:
        yield from _string(block_id, f"{where}: block_id", MAX_ID, required=False)
    yield from _duplicates(ids, f"{where}: block_id")


def _section(block: Block, path: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield f"{path} needs text or fields"
    if "text" in block:
        yield from _text(block["text"], f"{path}.text", 3000)
    if "fields" in block:
        yield from _list(block["fields"], f"{path}.fields", 10, lambda field, where: _text(field, where, 2000))
    if "accessory" in block:
        yield from _accessory(block["accessory"], f"{path}.accessory")


def _header(block: Block, path: str) -> Iterator[str]:
    yield from _text(block.get("text"), f"{path}.text", 150, kinds=("plain_text",))


def _context(block: Block, path: str) -> Iterator[str]:
    def element(value: Any, where: str) -> Iterator[str]:
        is_image = isinstance(value, dict) and value.get("type") == "image"
        return _image(value, where) if is_image else _text(value, where, 3000)

    yield from _list(block.get("elements"), f"{path}.elements", 10, element)


def _actions(block: Block, path: str) -> Iterator[str]:
    elements = block.get("elements")
    yield from _list(elements, f"{path}.elements", 25, _action)
    if isinstance(elements, list):
        ids = [element.get("action_id") for element in elements if isinstance(element, dict)]
        yield from _duplicates(ids, f"{path}: action_id")


def _accessory(element: Any, path: str) -> Iterator[str]:
    is_image = isinstance(element, dict) and element.get("type") == "image"
    yield from _image(element, path) if is_image else _action(element, path)


def _action(element: Any, path: str) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in ACTION_ELEMENTS:
        yield f"{path} has no known element type: {kind!r}"
        return
    yield from _string(element.get("action_id"), f"{path}.action_id", MAX_ID, required=False)
    if kind != "button":
        return
    yield from _text(element.get("text"), f"{path}.text", 75, kinds=("plain_text",))
    yield from _string(element.get("value"), f"{path}.value", 2000, required=False)
    if element.get("url") is not None:
        yield from _url(element["url"], f"{path}.url")
    if element.get("style") not in (None, "primary", "danger"):
        yield f"{path}.style must be primary or danger, not {element['style']!r}"


def _image(image: Block, path: str) -> Iterator[str]:
    yield from _string(image.get("alt_text"), f"{path}.alt_text", MAX_ALT_TEXT)
    if "title" in image:
        yield from _text(image["title"], f"{path}.title", 2000, kinds=("plain_text",))
    if "slack_file" in image:
        return
    yield from _url(image.get("image_url"), f"{path}.image_url")
    if _is_private(image.get("image_url")):
        yield f"{path}.image_url: downloading image failed: Slack cannot reach a private address"


def _markdown(block: Block, path: str) -> Iterator[str]:
    yield from _string(block.get("text"), f"{path}.text", 12_000)


def _divider(_block: Block, _path: str) -> Iterator[str]:
    yield from ()


CHECKS: dict[str, Callable[[Block, str], Iterator[str]]] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "markdown": _markdown,
    "section": _section,
}


def _text(value: Any, path: str, limit: int, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"{path} must be a text object of type {' or '.join(kinds)}"
        return
    yield from _string(value.get("text"), f"{path}.text", limit)


def _string(value: Any, path: str, limit: int, *, required: bool = True) -> Iterator[str]:
    if value is None and not required:
        return
    if not isinstance(value, str) or not value:
        yield f"{path} must be a text of 1 to {limit} characters"
    elif len(value) > limit:
        yield f"{path} has {len(value)} characters, at most {limit}"


def _list(value: Any, path: str, limit: int, check: Callable[[Any, str], Iterator[str]]) -> Iterator[str]:
    if not isinstance(value, list) or not value:
        yield f"{path} must be a list of 1 to {limit} elements"
        return
    if len(value) > limit:
        yield f"{path} has {len(value)} elements, at most {limit}"
    for number, element in enumerate(value):
        yield from check(element, f"{path}[{number}]")


def _url(value: Any, path: str) -> Iterator[str]:
    yield from _string(value, path, MAX_URL)
    if isinstance(value, str) and value and not _is_absolute(value):
        yield f"{path} must be an absolute http or https URL"


def _is_absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url


def _is_private(url: Any) -> bool:
    host = urlsplit(url).hostname if isinstance(url, str) and _is_absolute(url) else None
    try:
        return host is not None and not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or str(host).endswith((".localhost", ".local", ".internal"))


def _duplicates(ids: list[Any], path: str) -> Iterator[str]:
    for value, count in Counter(id_ for id_ in ids if isinstance(id_, str)).items():
        if count > 1:
            yield f"{path} {value!r} is used {count} times"
