"""How things stand, at a glance: what the banner of the dashboard says, and what it is drawn from."""
