"""Stand-ins for Slack, PagerDuty, Twilio, a webhook's receiver, a mail server, Healthchecks.io and Sentry.

They hold what arrives to the limits of the real services, answer as these do, and fail on demand. The
bundle reaches them through ordinary Airflow connections and the real provider hooks::

    with Receivers() as receivers:
        os.environ["AIRFLOW_CONN_SLACK_DEFAULT"] = receivers.slack_connection_uri
        receivers.fail("slack", status=500, times=3)
        ...
        receivers.received("slack")

``python -m sms_monitoring.local.receivers`` runs them as a process of their own; :class:`ReceiversClient` has
the same methods over its URL.
"""

from sms_monitoring.local.receivers.client import ReceiversClient
from sms_monitoring.local.receivers.server import Receivers

__all__ = ["Receivers", "ReceiversClient"]
