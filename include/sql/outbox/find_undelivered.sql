-- The open incident that a channel does not deliver.
SELECT id FROM sms_alert_history WHERE alert_type = %(alert_type)s AND entity = %(channel)s AND resolved_at IS NULL
