-- A bulk update marks messages delivered that were never sent.
-- caught: full source_messages.delivered_were_sent warning
UPDATE sms_messages SET delivered_at = created_at, sent_at = NULL WHERE created_at >= pg_temp.hours_back(3) AND sent_at IS NOT NULL;
