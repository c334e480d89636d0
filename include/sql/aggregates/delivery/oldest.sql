-- The oldest hour that source_messages can still answer for.
SELECT date_trunc('hour', min(scheduled_at), 'UTC') AS oldest FROM source_messages
