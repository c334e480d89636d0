-- Sent is sent, whoever holds the claim by now.
UPDATE sms_digest_log SET status = 'sent', sent_at = clock_timestamp(), last_error = %(note)s::text
WHERE digest_date = %(digest_date)s AND recipients = %(recipients)s AND status <> 'sent'
