-- New messages, and what has become of older ones; the other columns never change.
INSERT INTO sms_messages
SELECT * FROM simulated_messages
ON CONFLICT (id) DO UPDATE
SET status = excluded.status,
    scheduled_for = excluded.scheduled_for,
    quiet_hours_skipped_at = excluded.quiet_hours_skipped_at,
    sent_at = excluded.sent_at,
    delivered_at = excluded.delivered_at,
    failed_at = excluded.failed_at,
    cancelled_at = excluded.cancelled_at,
    cancellation_reason = excluded.cancellation_reason,
    attempts = excluded.attempts,
    sms_cost_usd = excluded.sms_cost_usd,
    twilio_sid = excluded.twilio_sid,
    twilio_error_code = excluded.twilio_error_code,
    twilio_error_message = excluded.twilio_error_message,
    updated_at = excluded.updated_at
