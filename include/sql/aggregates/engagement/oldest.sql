-- The oldest hour that source_engagement can still answer for, of those from first_hour on.
-- EXISTS ends at the first row it finds; a minimum alone may read all that the view has ever held.
SELECT
    CASE
        WHEN EXISTS (SELECT 1 FROM source_engagement WHERE occurred_at < %(first_hour)s::timestamptz + interval '1 hour')
            THEN %(first_hour)s::timestamptz
        ELSE (SELECT date_trunc('hour', min(occurred_at), 'UTC') FROM source_engagement)
    END AS oldest
