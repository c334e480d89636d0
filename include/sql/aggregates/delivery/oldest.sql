-- The oldest hour that source_messages can still answer for, of those from first_hour on.
-- EXISTS ends at the first row it finds; a minimum alone may read all that the view has ever held.
SELECT
    CASE
        WHEN EXISTS (SELECT 1 FROM source_messages WHERE scheduled_at < %(first_hour)s::timestamptz + interval '1 hour')
            THEN %(first_hour)s::timestamptz
        ELSE (SELECT date_trunc('hour', min(scheduled_at), 'UTC') FROM source_messages)
    END AS oldest
