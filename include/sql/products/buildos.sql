-- The tables of the BuildOS product that the `buildos` preset reads, as far as it reads them.
-- Made only where absent, for the simulator and the tests; a real product brings its own.

CREATE TABLE IF NOT EXISTS user_sms_preferences (
    user_id           uuid PRIMARY KEY,
    phone_number      text NOT NULL,
    timezone          text NOT NULL DEFAULT 'UTC',
    quiet_hours_start time NOT NULL DEFAULT '22:00',
    quiet_hours_end   time NOT NULL DEFAULT '08:00',
    daily_sms_limit   integer NOT NULL DEFAULT 5,
    opted_out         boolean NOT NULL DEFAULT false,
    opted_out_at      timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS user_sms_preferences_opted_out ON user_sms_preferences (opted_out_at);
CREATE INDEX IF NOT EXISTS user_sms_preferences_updated ON user_sms_preferences (updated_at);

CREATE TABLE IF NOT EXISTS sms_messages (
    id                     uuid PRIMARY KEY,
    user_id                uuid NOT NULL,
    phone_number           text NOT NULL,
    message_content        text,
    status                 text NOT NULL,             -- scheduled, sent, delivered, failed, cancelled
    campaign_id            text,
    carrier                text,
    generated_via          text,                      -- llm, template; null where nothing was generated
    generation_time_ms     integer,
    generation_cost_usd    numeric(12, 8),
    scheduled_for          timestamptz NOT NULL,      -- when it should go out
    created_at             timestamptz NOT NULL,      -- when it was scheduled and its text generated
    quiet_hours_skipped_at timestamptz,               -- when quiet hours moved it to the morning
    sent_at                timestamptz,
    delivered_at           timestamptz,
    failed_at              timestamptz,
    cancelled_at           timestamptz,
    cancellation_reason    text,                      -- daily_limit, event_deleted, opted_out
    attempts               integer NOT NULL DEFAULT 0,
    sms_cost_usd           numeric(12, 6),
    twilio_sid             text,
    twilio_error_code      integer,
    twilio_error_message   text,
    updated_at             timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS sms_messages_created ON sms_messages (created_at);
CREATE INDEX IF NOT EXISTS sms_messages_sent ON sms_messages (sent_at);
CREATE INDEX IF NOT EXISTS sms_messages_updated ON sms_messages (updated_at);
CREATE INDEX IF NOT EXISTS sms_messages_twilio_sid ON sms_messages (twilio_sid) WHERE twilio_sid IS NOT NULL;
CREATE INDEX IF NOT EXISTS sms_messages_cancelled ON sms_messages (cancelled_at) WHERE cancelled_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS sms_messages_failed ON sms_messages (failed_at) WHERE failed_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS sms_messages_quiet ON sms_messages (quiet_hours_skipped_at)
    WHERE quiet_hours_skipped_at IS NOT NULL;
