"""Mail of any shape through the provider's SMTP hook, sent once."""

from __future__ import annotations

from contextlib import suppress
from smtplib import SMTP, SMTPException, SMTPServerDisconnected
from typing import TYPE_CHECKING

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk.exceptions import AirflowException

from sms_monitoring.hooks.patience import at_most

if TYPE_CHECKING:
    from email.message import EmailMessage

TIMEOUT_SECONDS = 10
FAREWELL_SECONDS = 10.0


class OneAttemptSmtpHook(SmtpHook):
    """The provider's hook for a mail that is ready made, with a plain-text part or inline images.

    The provider's own ``send_email_smtp`` builds HTML only and, by default, sends up to six times whatever went
    wrong, also after the server had taken it.
    """

    @property
    def smtp_retry_limit(self) -> int:
        """None: whoever calls decides what is tried again, and when."""
        return 0

    @property
    def timeout(self) -> int:
        """Seconds for each step on the network."""
        return TIMEOUT_SECONDS

    def send_mail(self, mail: EmailMessage) -> dict[str, tuple[int, bytes]]:
        """Connect, send ``mail`` to all of its recipients, disconnect.

        :returns: recipients that the server refused while it took the mail for others, with its answers.
        :raises smtplib.SMTPException, OSError: when the mail was not taken, or no answer came.
        :raises AirflowException: when the connection is configured wrongly.
        """
        try:
            self._connect()
            client = self._smtp_client
            if not isinstance(client, SMTP):
                raise TypeError(f"expected an SMTP client, got {type(client).__name__}")
            return client.send_message(mail)
        finally:
            self._hang_up()

    def _connect(self) -> None:
        try:
            self.get_conn()
        except AirflowException as error:
            # A server that hangs up is no fault of the configuration.
            if isinstance(error.__context__, SMTPServerDisconnected):
                raise error.__context__ from None
            raise

    def _hang_up(self) -> None:
        client, self._smtp_client = self._smtp_client, None
        if isinstance(client, SMTP):
            # Whether the mail was taken is decided: a farewell that drags on must not make it look undelivered.
            with suppress(SMTPException, OSError):
                at_most(FAREWELL_SECONDS, client.quit)
            client.close()
