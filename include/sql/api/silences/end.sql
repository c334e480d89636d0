SELECT id FROM sms_alert_end_silence(%(silence_id)s::bigint, %(who)s, %(note)s::text)
