-- Facts that usually came, in the weeks before, in the time since the newest fact of a view; by source view.
-- The last 15 minutes do not count: what is due then may still be on its way. Of one to four weeks, as far back as the
-- view has facts, the lower median counts: neither one burst nor one outage of the past is usual. At night, when nothing
-- usually comes, this is 0. A silence of more than a day is compared over its last day.
-- A week ago is the same time of the clock in people's zone, SMS_MONITORING_TIMEZONE, which the watchdog keeps in its
-- session: where summer time ends, the morning comes an hour later.
-- Each view is read by an index on the time of its facts, and only for as long as the silence.
WITH settings AS (
    SELECT coalesce(nullif(current_setting('sms_monitoring.timezone', true), ''), 'UTC') AS zone
), spans AS (
    SELECT
        'source_messages' AS view_name,
        (
            SELECT sent_at FROM source_messages
            WHERE sent_at > %(now)s - interval '24 hours' AND sent_at <= %(now)s
            ORDER BY sent_at DESC LIMIT 1
        ) AS newest
    UNION ALL
    SELECT
        'source_generations',
        (
            SELECT generated_at FROM source_generations
            WHERE generated_at > %(now)s - interval '24 hours' AND generated_at <= %(now)s
            ORDER BY generated_at DESC LIMIT 1
        )
    UNION ALL
    SELECT
        'source_engagement',
        (
            SELECT occurred_at FROM source_engagement
            WHERE occurred_at > %(now)s - interval '24 hours' AND occurred_at <= %(now)s
            ORDER BY occurred_at DESC LIMIT 1
        )
), past AS (
    SELECT
        s.view_name,
        (coalesce(s.newest, %(now)s - interval '24 hours') AT TIME ZONE z.zone - week.number * interval '7 days')
        AT TIME ZONE z.zone AS starts_at,
        ((%(now)s - interval '15 minutes') AT TIME ZONE z.zone - week.number * interval '7 days') AT TIME ZONE z.zone AS ends_at
    FROM spans AS s
    CROSS JOIN settings AS z
    CROSS JOIN generate_series(1, 4) AS week (number)
), counted AS (
    SELECT
        p.view_name,
        CASE p.view_name
            WHEN 'source_messages' THEN (
                SELECT count(*) FROM source_messages WHERE sent_at > p.starts_at AND sent_at <= p.ends_at
            )
            WHEN 'source_generations' THEN (
                SELECT count(*) FROM source_generations WHERE generated_at > p.starts_at AND generated_at <= p.ends_at
            )
            ELSE (
                SELECT count(*) FROM source_engagement WHERE occurred_at > p.starts_at AND occurred_at <= p.ends_at
            )
        END AS facts
    FROM past AS p
    WHERE
        -- The view reached back to then.
        CASE p.view_name
            WHEN 'source_messages' THEN EXISTS (SELECT 1 FROM source_messages WHERE sent_at <= p.starts_at)
            WHEN 'source_generations' THEN EXISTS (SELECT 1 FROM source_generations WHERE generated_at <= p.starts_at)
            ELSE EXISTS (SELECT 1 FROM source_engagement WHERE occurred_at <= p.starts_at)
        END
)

SELECT
    s.view_name AS entity,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY c.facts) AS value,
    count(c.view_name) AS sample_size,
    jsonb_build_object(
        'Newest fact',
        coalesce(to_char(s.newest AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'more than a day ago'),
        'Weeks compared with', count(c.view_name)
    ) AS details
FROM spans AS s
LEFT JOIN counted AS c ON c.view_name = s.view_name
GROUP BY s.view_name, s.newest
