"""One module a channel. A module is found by its name, which is the name in ``sms_notification_channels``."""
