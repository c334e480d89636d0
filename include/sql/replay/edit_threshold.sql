SELECT sms_alert_edit_threshold(%(alert_type)s, 'replay of a proposed threshold', %(changes)s)
