-- What the rows and checks of every suite read, and what holds for the whole session.
SELECT
    set_config('sms_monitoring.window_start', %(window_start)s::timestamptz::text, false),
    set_config('sms_monitoring.window_end', %(window_end)s::timestamptz::text, false),
    set_config('sms_monitoring.now', %(now)s::timestamptz::text, false),
    set_config('statement_timeout', %(statement_timeout)s::text, false),
    set_config('application_name', 'sms_monitoring quality', false),
    has_database_privilege(current_database(), 'TEMPORARY') AS may_make_views
