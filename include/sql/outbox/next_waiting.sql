-- What waits in a channel, the gravest first, but for what tells of failures itself; and how much it is.
SELECT id, message, count(*) OVER () AS total
FROM sms_alert_notifications
WHERE channel = %(channel)s AND status = 'pending' AND message ->> 'alert_type' IS DISTINCT FROM %(but_for)s
ORDER BY
    event = 'resolve',
    array_position('{critical,warning,info}', message ->> 'severity') NULLS FIRST,
    id
LIMIT %(max_rows)s
