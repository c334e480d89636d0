DELETE FROM sms_alert_state WHERE alert_type = %(alert_type)s AND entity = %(entity)s
