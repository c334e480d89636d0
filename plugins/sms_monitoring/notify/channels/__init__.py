"""One module a channel. To add one: a module here and a row in ``sms_notification_channels``.

:class:`sms_monitoring.notify.channels.base.Channel` says what such a module holds.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from sms_monitoring.notify.channels.base import UnknownChannelError

if TYPE_CHECKING:
    from sms_monitoring.notify.channels.base import Channel

_NO_CHANNELS = {"base"}


def channel_names() -> list[str]:
    """Names of all channels: the modules of this folder. Imports none of them."""
    names = {module.name for module in iter_modules(__path__) if not module.name.startswith("_")}
    return sorted(names - _NO_CHANNELS)


def load_channel(name: str) -> Channel:
    """The channel ``name``, ready to send.

    :raises UnknownChannelError: when there is no such channel.
    :raises ConfigurationError: when its connection is missing or makes no sense.
    """
    if name not in channel_names():
        raise UnknownChannelError(f"no notification channel {name!r}; there are: {', '.join(channel_names())}")
    channel: Channel = import_module(f"{__name__}.{name}").open_channel()
    return channel
