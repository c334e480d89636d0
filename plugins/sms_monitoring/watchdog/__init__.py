"""Watches the monitoring itself: hours that do not come, notifications that do not go out, DAGs that stand still."""
