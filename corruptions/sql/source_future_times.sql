-- The product's clock is a day ahead.
-- caught: full source_messages.times_not_ahead warning
UPDATE sms_messages SET sent_at = sent_at + interval '3 days' WHERE sent_at >= pg_temp.hours_back(3);
