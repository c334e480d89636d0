-- The oldest hour that source_engagement can still answer for.
SELECT date_trunc('hour', min(occurred_at), 'UTC') AS oldest FROM source_engagement
