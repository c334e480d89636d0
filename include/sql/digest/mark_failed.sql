-- Free for the next try, by any worker.
UPDATE sms_digest_log SET status = 'failed', last_error = %(error)s
WHERE
    digest_date = %(digest_date)s AND recipients = %(recipients)s
    AND status = 'sending' AND attempts = %(attempts)s
