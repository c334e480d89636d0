"""What happens, while it happens: what changed is told to all who listen, over server-sent events."""
