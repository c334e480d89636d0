-- One drill follows the other: what was told in one must be told again in the next.
UPDATE sms_alert_thresholds SET cooldown_minutes = 0 WHERE alert_type = ANY(%(alert_types)s);

UPDATE sms_alert_thresholds SET threshold_value = %(stuck_after)s WHERE alert_type = 'outbox_stuck';
