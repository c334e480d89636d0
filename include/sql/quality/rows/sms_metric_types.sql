-- The catalogue of metric types, each with what must never change under its numbers.
SELECT
    metric_type, category, unit, kind, origin,
    concat_ws(' ', metric_type, kind, unit) AS definition
FROM sms_metric_types
