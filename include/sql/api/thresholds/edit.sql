SELECT alert_type FROM sms_alert_edit_threshold(%(alert_type)s, %(who)s, %(changes)s, %(note)s::text)
