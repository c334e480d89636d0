-- Still ours, just before the mail goes out? No row touched: someone else took it over.
UPDATE sms_digest_log SET lease_until = clock_timestamp() + %(lease)s::interval
WHERE
    digest_date = %(digest_date)s AND recipients = %(recipients)s
    AND status = 'sending' AND attempts = %(attempts)s
