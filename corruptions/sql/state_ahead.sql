-- A worker's clock was a day ahead when it judged.
-- caught: full sms_alert_state.not_judged_ahead critical
UPDATE sms_alert_state SET evaluated_through = evaluated_through + interval '1 day' WHERE alert_type = 'opt_out_rate_warning';
