-- Users who have opted out meanwhile.
UPDATE user_sms_preferences AS u
SET opted_out = s.opted_out, opted_out_at = s.opted_out_at, updated_at = s.updated_at
FROM simulated_users AS s
WHERE u.user_id = s.user_id
