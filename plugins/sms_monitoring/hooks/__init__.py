"""Airflow hooks: the metrics database, and PagerDuty with a settable address."""
