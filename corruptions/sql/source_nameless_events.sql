-- Events come without a name.
-- caught: full source_engagement.events_named critical
SELECT pg_temp.rewrap_view(
    'source_engagement', 'SELECT user_id, campaign, nullif(event, ''quiet_hours_skip'') AS event, occurred_at, changed_at FROM (%s) AS v'
);
