-- Durations below zero come from two clocks.
-- caught: full source_generations.durations_sensible warning
UPDATE sms_messages SET generation_time_ms = -generation_time_ms - 1
WHERE created_at >= pg_temp.hours_back(5) AND generation_time_ms IS NOT NULL;
