-- Where it is told that a channel does not deliver.
SELECT fallback_channel FROM sms_notification_channels WHERE channel = %(channel)s AND fallback_channel <> channel
