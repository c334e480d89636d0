SELECT dropped_before FROM sms_retention_policies WHERE table_name = 'sms_alert_evaluations'
