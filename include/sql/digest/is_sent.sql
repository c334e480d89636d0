SELECT status = 'sent' AS sent
FROM sms_digest_log
WHERE digest_date = %(digest_date)s AND recipients = %(recipients)s
