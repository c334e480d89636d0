"""Who gets the digest: checked, and in the one form that tells whether it was sent to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# One address without a display name. Whether it exists is for the mail server to say.
_ADDRESS = re.compile(r"[^\s@,;:<>\"()\[\]\\]+@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def normalise(recipients: str | Iterable[str], kind: str = "digest") -> tuple[str, ...]:
    """Addresses in lower case, sorted, each once.

    :param recipients: addresses, or one string with commas or semicolons between them.
    :param kind: what they get, for the error.
    :raises ValueError: for an empty list, and for a malformed address, naming it.
    """
    listed = re.split(r"[,;]", recipients) if isinstance(recipients, str) else recipients
    addresses = {address.strip().lower() for address in listed} - {""}
    if not addresses:
        raise ValueError(f"the {kind} has no recipients; give at least one e-mail address, such as team@example.com")
    if wrong := sorted(address for address in addresses if not _ADDRESS.fullmatch(address)):
        raise ValueError(
            f"malformed e-mail address {', '.join(map(repr, wrong))} among the {kind}'s recipients;"
            " write each like team@example.com"
        )
    return tuple(sorted(addresses))
