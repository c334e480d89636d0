SELECT sms_alert_mute(
    who => %(who)s,
    reason => %(reason)s,
    local_start => %(local_start)s::time,
    local_end => %(local_end)s::time,
    time_zone => %(time_zone)s,
    weekdays => %(weekdays)s::integer [],
    alert_type => %(alert_type)s::text,
    entity => %(entity)s::text,
    severity => %(severity)s::text,
    starts_at => %(starts_at)s::timestamptz,
    expires_at => %(expires_at)s::timestamptz
) AS id
