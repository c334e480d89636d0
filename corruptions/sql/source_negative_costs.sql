-- Refunds are booked as negative costs of a message.
-- caught: full source_messages.costs_sensible warning
UPDATE sms_messages SET sms_cost_usd = -sms_cost_usd WHERE created_at >= pg_temp.hours_back(3);
