UPDATE sms_alert_thresholds SET last_triggered_at = %(now)s WHERE alert_type = %(alert_type)s
