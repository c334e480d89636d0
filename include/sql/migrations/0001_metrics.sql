-- Metrics: the catalogue, the per-user hours, the rollups and the daily view.
-- Objects are created unqualified, in the first schema of the connection's search_path.

-- ── Catalogue ────────────────────────────────────────────────────────────────────────────────

CREATE TABLE sms_metric_types (
    metric_type text PRIMARY KEY,
    category    text NOT NULL CHECK (category IN ('operational', 'performance', 'quality', 'cost', 'engagement')),
    unit        text NOT NULL CHECK (unit IN ('count', 'milliseconds', 'USD')),
    kind        text NOT NULL CHECK (kind IN ('counter', 'duration')),
    -- Who owns the numbers. 'recorded': the application calls record_sms_metric().
    -- 'derived': aggregation computes them from the source_* views. Never both, so never counted twice.
    origin      text NOT NULL DEFAULT 'recorded' CHECK (origin IN ('recorded', 'derived')),
    description text NOT NULL
);

INSERT INTO sms_metric_types (metric_type, category, unit, kind, description) VALUES
    ('scheduled_count',         'operational', 'count',        'counter',  'Messages scheduled for delivery, in the hour they were scheduled'),
    ('sent_count',              'operational', 'count',        'counter',  'Messages handed to the carrier, in the hour they were sent'),
    ('delivered_count',         'operational', 'count',        'counter',  'Messages confirmed delivered, counted in the hour they were sent'),
    ('failed_count',            'operational', 'count',        'counter',  'Messages that failed: in the hour sent, or failed where never sent'),
    ('cancelled_count',         'operational', 'count',        'counter',  'Messages cancelled before send, in the hour of cancellation'),
    ('avg_delivery_time_ms',    'performance', 'milliseconds', 'duration', 'Time from send to delivery, in the hour of the send'),
    ('avg_generation_time_ms',  'performance', 'milliseconds', 'duration', 'Time the LLM took to write a message'),
    ('llm_success_count',       'quality',     'count',        'counter',  'Messages written by the LLM'),
    ('template_fallback_count', 'quality',     'count',        'counter',  'Messages that fell back to a template'),
    ('llm_cost_usd',            'cost',        'USD',          'counter',  'What the LLM cost'),
    ('sms_cost_usd',            'cost',        'USD',          'counter',  'What the carrier charged'),
    ('opt_out_count',           'engagement',  'count',        'counter',  'Users who opted out'),
    ('quiet_hours_skip_count',  'engagement',  'count',        'counter',  'Messages held back by quiet hours'),
    ('daily_limit_hit_count',   'engagement',  'count',        'counter',  'Times a user hit the daily limit');


-- ── Retention policies and partitions ────────────────────────────────────────────────────────

CREATE TABLE sms_retention_policies (
    table_name       text PRIMARY KEY,
    partition_period text NOT NULL CHECK (partition_period IN ('day', 'month')),
    keep_days        integer NOT NULL CHECK (keep_days BETWEEN 1 AND 36500),
    -- Everything before this UTC date has been dropped; recomputing it is refused.
    dropped_before   date
);
COMMENT ON TABLE sms_retention_policies IS 'How long each partitioned table is kept; edit keep_days by SQL.';

INSERT INTO sms_retention_policies (table_name, partition_period, keep_days) VALUES
    ('sms_metrics', 'day', 90),
    ('sms_metrics_hourly', 'month', 400);

-- Per hour, user (null = the system itself) and metric type.
-- metric_value is the sum of the hour, sample_count the number of observations behind it,
-- so that an average is metric_value / sample_count over any set of rows.
CREATE TABLE sms_metrics (
    metric_date  date        NOT NULL,
    metric_hour  timestamptz NOT NULL,
    user_id      text COLLATE "C",
    metric_type  text COLLATE "C" NOT NULL,
    metric_value numeric     NOT NULL CHECK (metric_value >= 0),
    sample_count bigint      NOT NULL DEFAULT 1 CHECK (sample_count > 0),
    -- When the newest fact in this row became known (for derived rows: the source's changed_at).
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sms_metrics_key UNIQUE NULLS NOT DISTINCT (metric_date, metric_hour, metric_type, user_id),
    CONSTRAINT sms_metrics_hour_in_date CHECK (
        metric_hour >= metric_date::timestamp AT TIME ZONE 'UTC'
        AND metric_hour < (metric_date + 1)::timestamp AT TIME ZONE 'UTC'
        AND metric_hour = date_trunc('hour', metric_hour, 'UTC')
    )
) PARTITION BY RANGE (metric_date);

-- Makes the partitions of one table for a range of days (bounds inclusive); returns how many were missing.
-- Days that retention has already dropped are left out: they must not come back empty.
CREATE FUNCTION sms_ensure_partitions(p_table text, p_from date, p_until date) RETURNS integer
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    v_parent  regclass := to_regclass(quote_ident(p_table));
    v_policy  sms_retention_policies%ROWTYPE;
    v_start   date;
    v_end     date;
    v_name    text;
    v_created integer := 0;
BEGIN
    SELECT * INTO v_policy FROM sms_retention_policies WHERE table_name = p_table;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table "%" has no row in sms_retention_policies', p_table
            USING HINT = 'Partitioned tables need a policy: table_name, partition_period, keep_days.';
    ELSIF (isfinite(p_from) AND isfinite(p_until) AND p_from <= p_until) IS NOT TRUE THEN
        RAISE EXCEPTION '% to % is no range of days', coalesce(p_from::text, 'null'), coalesce(p_until::text, 'null')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    v_end := greatest(p_from, v_policy.dropped_before);
    WHILE v_end <= p_until LOOP
        v_start := date_trunc(v_policy.partition_period, v_end)::date;
        v_end := (v_start + ('1 ' || v_policy.partition_period)::interval)::date;
        v_name := quote_ident(
            p_table || to_char(v_start, CASE v_policy.partition_period WHEN 'day' THEN '_YYYYMMDD' ELSE '_YYYYMM' END)
        );
        CONTINUE WHEN pg_partition_root(to_regclass(v_name)) = v_parent;

        -- It has to be made, beside its table, whatever other schemas of the search_path hold.
        SELECT relnamespace::regnamespace || '.' || v_name INTO v_name FROM pg_class WHERE oid = v_parent AND relkind = 'p';
        IF NOT FOUND THEN
            RAISE EXCEPTION 'sms_retention_policies names "%", which is no partitioned table', p_table
                USING HINT = 'Delete the row, or create the table PARTITION BY RANGE of a date or timestamptz column.';
        END IF;
        -- One maker at a time, in the mode that ATTACH takes anyway: readers and writers go on. Unlike an advisory
        -- lock it makes this session see what others committed meanwhile: the partition made, or dropped for good.
        EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', v_parent);
        CONTINUE WHEN pg_partition_root(to_regclass(v_name)) = v_parent
            OR v_end <= (SELECT dropped_before FROM sms_retention_policies WHERE table_name = p_table);
        IF to_regclass(v_name) IS NOT NULL THEN
            RAISE EXCEPTION 'table % exists but is not attached to "%"', v_name, p_table
                USING HINT = 'Attach it as a partition, rename it, or drop it.';
        END IF;
        -- Made apart and attached: PARTITION OF would lock out every reader and writer of the table.
        EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL)', v_name, v_parent);
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', v_parent, v_name, v_start, v_end);
        -- Policies are not copied. Without any, whoever is granted the partition itself sees nothing of it.
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_name);
        v_created := v_created + 1;
    END LOOP;
    RETURN v_created;
END
$$;


-- ── Rollups over users ───────────────────────────────────────────────────────────────────────

-- hour × metric type × dimension. dimension 'all' has the empty value; others are 'carrier', 'campaign'.
-- buckets: {bucket index: count} of a logarithmic histogram, for kind = 'duration' only (see sms_bucket_of).
CREATE TABLE sms_metrics_hourly (
    metric_date     date        NOT NULL,
    metric_hour     timestamptz NOT NULL,
    metric_type     text COLLATE "C" NOT NULL,
    dimension       text COLLATE "C" NOT NULL DEFAULT 'all',
    dimension_value text COLLATE "C" NOT NULL DEFAULT '',
    value_sum       numeric     NOT NULL CHECK (value_sum >= 0),
    value_count     bigint      NOT NULL CHECK (value_count > 0),
    buckets         jsonb,
    PRIMARY KEY (metric_date, metric_hour, metric_type, dimension, dimension_value)
) PARTITION BY RANGE (metric_date);


-- ── Histograms and percentiles ───────────────────────────────────────────────────────────────
-- Logarithmic buckets with ratio 1.05: a percentile is off by at most 2.5 % of its value, at any scale.
-- After DDSketch: Masson, Rim, Lee (2019), VLDB 12(12), https://doi.org/10.14778/3352063.3352135

CREATE FUNCTION sms_bucket_of(p_value numeric) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_value < 1 THEN 0 ELSE 1 + floor(ln(p_value::float8) / ln(1.05::float8))::integer END
$$;

CREATE FUNCTION sms_percentile(p_buckets jsonb, p_fraction float8) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH bucket AS (
        SELECT key::integer AS idx, value::bigint AS n FROM jsonb_each_text(p_buckets)
    ), ranked AS (
        SELECT idx, sum(n) OVER (ORDER BY idx) AS up_to, sum(n) OVER () AS total FROM bucket
    )
    -- The value inside a bucket that is off by the same ratio from both its edges.
    SELECT round(CASE WHEN idx = 0 THEN 0 ELSE (1.05::float8 ^ (idx - 1) * 2.1 / 2.05)::numeric END, 1)
    FROM ranked
    WHERE up_to >= p_fraction * total
    ORDER BY idx
    LIMIT 1
$$;
COMMENT ON FUNCTION sms_percentile(jsonb, float8) IS 'Percentile (fraction 0 to 1) of a histogram column; null where it is null or empty.';

-- Collects first and adds up once: adding each histogram to the sum so far takes five times as long.
CREATE FUNCTION sms_sum_buckets(p_histograms jsonb[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_object_agg(key, n)
    FROM (
        SELECT key, sum(value::bigint) AS n
        FROM unnest(p_histograms) AS histogram
        CROSS JOIN jsonb_each_text(histogram)
        GROUP BY key
    ) AS summed
$$;

CREATE AGGREGATE sms_merge_buckets(jsonb) (SFUNC = array_append, STYPE = _jsonb, FINALFUNC = sms_sum_buckets, PARALLEL = SAFE);


-- ── Days and the daily view ──────────────────────────────────────────────────────────────────

-- One row a day and metric type; what the daily view pivots, so that its refresh costs days, not messages.
CREATE TABLE sms_metrics_by_day (
    metric_date date NOT NULL,
    metric_type text COLLATE "C" NOT NULL,
    value_sum   numeric NOT NULL CHECK (value_sum >= 0),
    value_count bigint NOT NULL CHECK (value_count > 0),
    buckets     jsonb,
    -- Worked out when the day is written, not for every day of history at every refresh of the view.
    p50         numeric GENERATED ALWAYS AS (sms_percentile(buckets, 0.50)) STORED,
    p95         numeric GENERATED ALWAYS AS (sms_percentile(buckets, 0.95)) STORED,
    PRIMARY KEY (metric_date, metric_type)
);

-- Distinct users a day: exact, which no sum of hours can give.
CREATE TABLE sms_active_users_by_day (
    metric_date  date PRIMARY KEY,
    active_users bigint NOT NULL CHECK (active_users >= 0)
);

CREATE MATERIALIZED VIEW sms_metrics_daily AS
SELECT
    day.metric_date,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'scheduled_count'), 0)::bigint AS scheduled_count,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'sent_count'), 0)::bigint AS sent_count,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'delivered_count'), 0)::bigint AS delivered_count,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'failed_count'), 0)::bigint AS failed_count,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'cancelled_count'), 0)::bigint AS cancelled_count,
    round(
        100 * sum(value_sum) FILTER (WHERE metric_type = 'delivered_count')
        / sum(value_sum) FILTER (WHERE metric_type = 'sent_count'), 2
    ) AS delivery_rate_percent,
    round(sum(value_sum / value_count) FILTER (WHERE metric_type = 'avg_delivery_time_ms'), 1) AS avg_delivery_time_ms,
    min(day.p50) FILTER (WHERE metric_type = 'avg_delivery_time_ms') AS p50_delivery_time_ms,
    min(day.p95) FILTER (WHERE metric_type = 'avg_delivery_time_ms') AS p95_delivery_time_ms,
    round(sum(value_sum / value_count) FILTER (WHERE metric_type = 'avg_generation_time_ms'), 1) AS avg_generation_time_ms,
    min(day.p50) FILTER (WHERE metric_type = 'avg_generation_time_ms') AS p50_generation_time_ms,
    min(day.p95) FILTER (WHERE metric_type = 'avg_generation_time_ms') AS p95_generation_time_ms,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'llm_success_count'), 0)::bigint AS llm_success_count,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'template_fallback_count'), 0)::bigint AS template_fallback_count,
    round(
        100 * coalesce(sum(value_sum) FILTER (WHERE metric_type = 'llm_success_count'), 0)
        / sum(value_sum) FILTER (WHERE metric_type IN ('llm_success_count', 'template_fallback_count')), 2
    ) AS llm_success_rate_percent,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'llm_cost_usd'), 0) AS llm_cost_usd,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'sms_cost_usd'), 0) AS sms_cost_usd,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'opt_out_count'), 0)::bigint AS opt_out_count,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'quiet_hours_skip_count'), 0)::bigint AS quiet_hours_skip_count,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'daily_limit_hit_count'), 0)::bigint AS daily_limit_hit_count,
    coalesce(min(users.active_users), 0) AS active_users,
    round(
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'llm_cost_usd'), 0)
        / nullif(min(users.active_users), 0), 6
    ) AS llm_cost_per_user_usd,
    round(
        100.0 * coalesce(sum(value_sum) FILTER (WHERE metric_type = 'opt_out_count'), 0)
        / nullif(min(users.active_users), 0), 2
    ) AS opt_out_rate_percent,
    round(
        100.0 * coalesce(sum(value_sum) FILTER (WHERE metric_type = 'quiet_hours_skip_count'), 0)
        / sum(value_sum) FILTER (WHERE metric_type = 'scheduled_count'), 2
    ) AS quiet_hours_rate_percent,
    round(
        100.0 * coalesce(sum(value_sum) FILTER (WHERE metric_type = 'daily_limit_hit_count'), 0)
        / nullif(min(users.active_users), 0), 2
    ) AS daily_limit_hit_rate_percent,
    now() AS last_refreshed
FROM sms_metrics_by_day AS day
LEFT JOIN sms_active_users_by_day AS users ON users.metric_date = day.metric_date
GROUP BY day.metric_date;

-- REFRESH … CONCURRENTLY needs it.
CREATE UNIQUE INDEX sms_metrics_daily_date ON sms_metrics_daily (metric_date);


-- ── What is to be aggregated ─────────────────────────────────────────────────────────────────

-- The dirty-hour log: an hour stands here from the moment a change in it is noticed until the transaction
-- that recomputes it commits. Append-only for writers (no unique key), so that noticing never waits.
CREATE TABLE sms_dirty_hours (
    family      text NOT NULL,
    metric_hour timestamptz NOT NULL CHECK (metric_hour = date_trunc('hour', metric_hour, 'UTC')),
    noticed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sms_dirty_hours_key ON sms_dirty_hours (family, metric_hour);

-- Which hours each family has aggregated, and when last: what tells an hour without traffic from one that is missing.
CREATE TABLE sms_aggregated_hours (
    family        text NOT NULL,
    metric_hour   timestamptz NOT NULL,
    aggregated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (family, metric_hour)
);

-- Days whose hours were recomputed and whose daily rows are not yet; append-only too.
CREATE TABLE sms_dirty_days (
    metric_date date NOT NULL,
    noticed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Up to which changed_at each family has looked for changed source rows.
CREATE TABLE sms_source_watermarks (
    family          text PRIMARY KEY,
    changed_through timestamptz NOT NULL
);


-- ── Recording from applications ──────────────────────────────────────────────────────────────

-- The user a product session speaks for: Supabase's JWT claim, or `SET app.user_id` anywhere else.
CREATE FUNCTION sms_current_user_id() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        nullif(current_setting('app.user_id', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    )
$$;

-- Adds to the current hour (or p_at's) in one atomic statement. Errors, all SQLSTATE 22023: unknown
-- metric type, derived metric type, negative value, an hour in the future or past retention.
CREATE FUNCTION record_sms_metric(
    p_metric_type  text,
    p_metric_value double precision DEFAULT 1,
    p_user_id      text DEFAULT NULL,
    p_at           timestamptz DEFAULT now(),
    p_sample_count bigint DEFAULT 1
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_origin  text;
    v_hour    timestamptz := date_trunc('hour', p_at, 'UTC');
    v_date    date := (p_at AT TIME ZONE 'UTC')::date;
    v_oldest  date;
BEGIN
    SELECT origin INTO v_origin FROM sms_metric_types WHERE metric_type = p_metric_type;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown metric type "%"', p_metric_type
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'SELECT metric_type FROM sms_metric_types lists the known ones; add a row there for a new one.';
    ELSIF v_origin = 'derived' THEN
        RAISE EXCEPTION 'metric type "%" is derived from the source views and cannot be recorded', p_metric_type
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Recording it too would count it twice. Set its origin to ''recorded'' in sms_metric_types to own it from the application.';
    -- The upper bounds are far above any hour's truth and far below what would overflow a sum.
    ELSIF p_metric_value IS NULL OR NOT p_metric_value BETWEEN 0 AND 1e12 THEN
        RAISE EXCEPTION 'value % of metric "%" is not a number from 0 to 1e12', coalesce(p_metric_value::text, 'null'), p_metric_type
            USING ERRCODE = 'invalid_parameter_value';
    ELSIF p_sample_count IS NULL OR NOT p_sample_count BETWEEN 1 AND 1000000000 THEN
        RAISE EXCEPTION 'sample count % of metric "%" is not from 1 to 1e9', coalesce(p_sample_count::text, 'null'), p_metric_type
            USING ERRCODE = 'invalid_parameter_value';
    ELSIF length(p_user_id) > 200 THEN
        RAISE EXCEPTION 'user id of metric "%" has % characters; at most 200 are kept', p_metric_type, length(p_user_id)
            USING ERRCODE = 'invalid_parameter_value';
    ELSIF p_at IS NULL OR p_at > now() + interval '5 minutes' THEN
        RAISE EXCEPTION 'time % of metric "%" lies in the future', coalesce(p_at::text, 'null'), p_metric_type
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Check the clock of the recording application.';
    END IF;

    SELECT greatest(dropped_before, (now() AT TIME ZONE 'UTC')::date - keep_days) INTO v_oldest
    FROM sms_retention_policies WHERE table_name = 'sms_metrics';
    IF v_date < v_oldest THEN
        RAISE EXCEPTION 'time % of metric "%" lies before %, the oldest day that retention keeps', p_at, p_metric_type, v_oldest
            USING ERRCODE = 'invalid_parameter_value', HINT = 'keep_days in sms_retention_policies sets how long metrics are kept.';
    END IF;

    PERFORM sms_ensure_partitions('sms_metrics', v_date, v_date);
    INSERT INTO sms_metrics AS m (metric_date, metric_hour, user_id, metric_type, metric_value, sample_count)
    VALUES (v_date, v_hour, p_user_id, p_metric_type, p_metric_value::numeric, p_sample_count)
    ON CONFLICT ON CONSTRAINT sms_metrics_key DO UPDATE
    SET metric_value = m.metric_value + excluded.metric_value,
        sample_count = m.sample_count + excluded.sample_count,
        created_at = excluded.created_at;
    INSERT INTO sms_dirty_hours (family, metric_hour) VALUES ('recorded', v_hour);
END
$$;

-- The batch form: a JSON array of {"metric_type", "value", "user_id", "at", "sample_count"}; all or nothing.
CREATE FUNCTION record_sms_metrics(p_metrics jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_item  record;
    v_count integer := 0;
BEGIN
    IF jsonb_typeof(p_metrics) IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION 'record_sms_metrics takes a JSON array, got %', coalesce(jsonb_typeof(p_metrics), 'null')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- All partitions first, then all rows in key order: so two batches never wait for each other crosswise.
    PERFORM sms_ensure_partitions('sms_metrics', day.metric_date, day.metric_date)
    FROM (
        SELECT DISTINCT (coalesce(item.at, now()) AT TIME ZONE 'UTC')::date AS metric_date
        FROM jsonb_to_recordset(p_metrics) AS item (at timestamptz)
        CROSS JOIN sms_retention_policies AS policy
        WHERE
            policy.table_name = 'sms_metrics'
            AND coalesce(item.at, now()) BETWEEN now() - make_interval(days => policy.keep_days) AND now() + interval '5 minutes'
        ORDER BY metric_date
    ) AS day;
    FOR v_item IN
        SELECT * FROM jsonb_to_recordset(p_metrics)
            AS item (metric_type text, value double precision, user_id text, at timestamptz, sample_count bigint)
        ORDER BY date_trunc('hour', coalesce(at, now()), 'UTC'), metric_type, user_id
    LOOP
        PERFORM record_sms_metric(
            v_item.metric_type, coalesce(v_item.value, 1), v_item.user_id,
            coalesce(v_item.at, now()), coalesce(v_item.sample_count, 1)
        );
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

REVOKE ALL ON FUNCTION record_sms_metric(text, double precision, text, timestamptz, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION record_sms_metrics(jsonb) FROM PUBLIC;


-- ── Row-level security ───────────────────────────────────────────────────────────────────────
-- A product role that is granted SELECT sees only the rows of the user it speaks for; the owner sees all.

ALTER TABLE sms_metrics ENABLE ROW LEVEL SECURITY;
CREATE POLICY sms_metrics_own_rows ON sms_metrics FOR SELECT
    USING (user_id = sms_current_user_id());
