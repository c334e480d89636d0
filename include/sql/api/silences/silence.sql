SELECT sms_alert_silence(
    who => %(who)s,
    reason => %(reason)s,
    expires_at => %(expires_at)s::timestamptz,
    duration => make_interval(mins => %(duration_minutes)s::integer),
    alert_type => %(alert_type)s::text,
    entity => %(entity)s::text,
    severity => %(severity)s::text,
    incident_id => %(incident_id)s::uuid,
    starts_at => %(starts_at)s::timestamptz
) AS id
