-- The oldest hour that source_generations can still answer for.
SELECT date_trunc('hour', min(generated_at), 'UTC') AS oldest FROM source_generations
