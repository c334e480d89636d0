"""Old partitions out, new ones in: what ``sms_retention_policies`` says, applied.

``partitions``  partitions made ahead; which ones have expired
``archive``     one partition as a gzipped CSV file under an object storage path
``retire``      one partition archived, verified and dropped, in one transaction
``pipeline``    the above for every policy: what ``sms_daily_retention`` calls

Rows leave only by DROP of a whole partition, never by DELETE. A policy's ``dropped_before`` moves with the drop:
from then on ``record_sms_metric``, aggregation and ``sms_ensure_partitions`` refuse the days before it.

Kept for good, since they hold a few rows a day or an incident: the daily rows (``sms_metrics_by_day``,
``sms_active_users_by_day`` and the view over them), so that charts reach back past ``keep_days``; incidents
(``sms_alert_history``), their notifications (the outbox) and the log of digests.
"""
