"""The receivers of the notification tests."""

from tests.notify.conftest import receivers, running_receivers

__all__ = ["receivers", "running_receivers"]
