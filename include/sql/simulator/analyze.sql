-- The planner knows nothing yet of rows that were copied in a moment ago.
ANALYZE sms_messages, user_sms_preferences
