"""The commands as real processes: how they start, refuse to start, and end."""
