-- What the corruptions share; gone with the session.

-- The start of the hour so many hours back: 1 is the newest complete one.
CREATE FUNCTION pg_temp.hours_back(p_hours integer) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT current_setting('sms_monitoring.window_end')::timestamptz - p_hours * interval '1 hour'
$$;

-- The UTC day of that hour.
CREATE FUNCTION pg_temp.day_of(p_hours integer) RETURNS date
LANGUAGE sql STABLE AS $$
    SELECT (pg_temp.hours_back(p_hours) AT TIME ZONE 'UTC')::date
$$;

-- The daily view made anew, with one text of its definition in place of another.
CREATE FUNCTION pg_temp.redefine_view(p_text text, p_other text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_body text := regexp_replace(pg_get_viewdef('sms_metrics_daily'::regclass), '''(\w+)''::text', '''\1''', 'g');
BEGIN
    IF strpos(v_body, p_text) = 0 THEN
        RAISE EXCEPTION 'the view does not hold %: %', p_text, v_body;
    END IF;
    DROP MATERIALIZED VIEW sms_metrics_daily;
    EXECUTE 'CREATE MATERIALIZED VIEW sms_metrics_daily AS ' || replace(v_body, p_text, p_other);
    CREATE UNIQUE INDEX sms_metrics_daily_date ON sms_metrics_daily (metric_date);
END
$$;

-- A source view made anew, as a SELECT from what it was (%s).
CREATE FUNCTION pg_temp.rewrap_view(p_view text, p_select text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_body text := rtrim(pg_get_viewdef(p_view::regclass), ';');
BEGIN
    EXECUTE format('DROP VIEW %I', p_view);
    EXECUTE format('CREATE VIEW %I AS ', p_view) || format(p_select, v_body);
END
$$;

CREATE FUNCTION pg_temp.partition_of(p_table text, p_day date) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT p_table || to_char(p_day, '_YYYYMMDD')
$$;

CREATE FUNCTION pg_temp.drop_partitions(p_table text, p_from date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_name text;
BEGIN
    FOR v_name IN
        SELECT inhrelid::regclass::text FROM pg_inherits
        WHERE inhparent = p_table::regclass AND inhrelid::regclass::text >= pg_temp.partition_of(p_table, p_from)
    LOOP
        EXECUTE format('DROP TABLE %s', v_name);
    END LOOP;
END
$$;

CREATE FUNCTION pg_temp.detach_partition(p_table text, p_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', p_table, pg_temp.partition_of(p_table, p_day));
END
$$;

CREATE FUNCTION pg_temp.expose_partition(p_table text, p_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', pg_temp.partition_of(p_table, p_day));
END
$$;
