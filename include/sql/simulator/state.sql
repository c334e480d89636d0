-- How far the product's tables are filled.
SELECT
    (SELECT count(*) FROM user_sms_preferences) AS users,
    EXISTS (SELECT FROM sms_messages) AS has_messages,
    greatest(
        (SELECT max(updated_at) FROM sms_messages), (SELECT max(updated_at) FROM user_sms_preferences)
    ) AS changed_through
