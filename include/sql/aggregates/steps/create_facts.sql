-- Where one transaction collects the facts of the hours it recomputes; gone at commit.
CREATE TEMPORARY TABLE IF NOT EXISTS sms_facts (
    metric_hour  timestamptz NOT NULL,
    user_id      text COLLATE "C",
    metric_type  text COLLATE "C" NOT NULL,
    value        numeric NOT NULL,           -- sum over the observations
    observations bigint NOT NULL DEFAULT 1,
    carrier      text COLLATE "C",
    campaign     text COLLATE "C",
    changed_at   timestamptz
) ON COMMIT DROP
