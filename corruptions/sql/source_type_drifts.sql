-- A view hands over text where a time was.
-- caught: full schema_columns.source_engagement_columns critical
CREATE OR REPLACE FUNCTION pg_temp.as_text() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_body text := pg_get_viewdef('source_engagement'::regclass);
BEGIN
    DROP VIEW source_engagement;
    EXECUTE 'CREATE VIEW source_engagement AS SELECT user_id, campaign, event, occurred_at::text AS occurred_at, changed_at FROM ('
        || rtrim(v_body, ';') || ') AS v';
END
$$;
SELECT pg_temp.as_text();
