-- One row a message that the carrier knows. Index twilio_sid: every delivery receipt looks its message up.
CREATE VIEW source_message_sids AS
SELECT
    twilio_sid AS message_sid,
    sent_at
FROM sms_messages
WHERE twilio_sid IS NOT NULL;
