-- Whether the watchdog has ever evaluated anything here.
SELECT exists(SELECT FROM sms_alert_state WHERE alert_type = ANY(%(alert_types)s)) AS before
