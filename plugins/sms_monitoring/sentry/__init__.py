"""Errors in code reach Sentry through Airflow's own integration; no personal value goes with them.

Switched on by Airflow's ``[sentry]`` section: ``sentry_on`` and ``sentry_dsn``; ``auto_enabling_integrations = False``
saves each task three seconds of imports, ``include_local_variables = False`` some more. Leave ``before_send`` empty:
Airflow 3.3 hands the *name* of the function to Sentry, which then drops every event
(https://github.com/apache/airflow/issues/69464). :func:`install` puts our scrubber where no setting can forget it.
"""

from sms_monitoring.sentry.reporting import install, report
from sms_monitoring.sentry.scrub import scrub

__all__ = ["install", "report", "scrub"]
