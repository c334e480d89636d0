-- Where changed rows are copied to, until the transaction ends.
CREATE TEMPORARY TABLE simulated_messages (LIKE sms_messages) ON COMMIT DROP;
CREATE TEMPORARY TABLE simulated_users (LIKE user_sms_preferences) ON COMMIT DROP
