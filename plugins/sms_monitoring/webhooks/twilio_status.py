"""Twilio's status callbacks: what one says. Pure.

The parameters: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict

from sms_monitoring.api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

Parameters = ImmutableMultiDict[str, str]

# What may become of a message that was sent, in the order of the type sms_receipt_status: of two callbacks about the
# same message the later in this list counts, whichever arrived first.
STATUSES = (
    "accepted",
    "scheduled",
    "queued",
    "sending",
    "sent",
    "canceled",
    "failed",
    "undelivered",
    "delivered",
    "read",
)

# The second name is what Twilio called it before, and still sends along.
SID_NAMES = ("MessageSid", "SmsSid")
STATUS_NAMES = ("MessageStatus", "SmsStatus")

MAX_PARAMETERS = 200
_SID = re.compile(r"[A-Za-z0-9]{2,64}")
_ERROR_CODE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the carrier says became of a message.

    :param message_sid: Twilio's id of the message.
    :param status: one of :data:`STATUSES`.
    :param error_code: Twilio's reason for it, where it gave one.
    """

    message_sid: str
    status: str
    error_code: int | None = None


def read_form(body: bytes) -> Parameters:
    """The parameters of a form (``application/x-www-form-urlencoded``), repeated and empty ones too.

    :raises ApiError: 400 when it has more than :data:`MAX_PARAMETERS`.
    """
    try:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise ApiError(400, f"The form has more than {MAX_PARAMETERS} parameters.") from None
    return ImmutableMultiDict(pairs)


def parse(parameters: Parameters) -> Receipt | None:
    """What a callback says; None where its status is a word that is none of ours.

    :raises ApiError: 422, naming the parameter that is missing, ambiguous or no message's id.
    """
    sid = _only_value(parameters, SID_NAMES)
    if not _SID.fullmatch(sid):
        raise ApiError(422, "MessageSid is not the id of a message, such as SM and 32 digits.", parameter="MessageSid")
    status = _only_value(parameters, STATUS_NAMES).lower()
    if status not in STATUSES:
        return None
    code = parameters.get("ErrorCode", "")
    # A reason that we cannot read is no reason to lose the message's fate.
    return Receipt(sid, status, int(code) if _ERROR_CODE.fullmatch(code) else None)


def _only_value(parameters: Parameters, names: Sequence[str]) -> str:
    """The value of the first of ``names`` that is given."""
    for name in names:
        values = {value for value in parameters.getlist(name) if value}
        if len(values) > 1:
            raise ApiError(422, f"{name} is given more than once, with different values.", parameter=name)
        if values:
            return values.pop()
    raise ApiError(422, f"{names[0]} is missing.", parameter=names[0])
