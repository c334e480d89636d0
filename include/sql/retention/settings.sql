-- For one transaction. Zone, date style and encoding decide the bytes of an archive: they must not vary by connection.
SELECT
    set_config('lock_timeout', %(lock_timeout_ms)s::text, true),
    set_config('timezone', 'UTC', true),
    set_config('datestyle', 'ISO, YMD', true),
    set_config('intervalstyle', 'postgres', true),
    set_config('extra_float_digits', '1', true),
    set_config('bytea_output', 'hex', true)
