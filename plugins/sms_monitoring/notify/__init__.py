"""Notifications: a message neutral to channels, the outbox that holds it, and one module a channel."""
