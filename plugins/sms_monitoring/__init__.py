"""Watches over an SMS product: aggregation, alerts, notifications and digests on Airflow and PostgreSQL."""
