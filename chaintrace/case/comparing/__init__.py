"""Two sources asked for one history, and where they differ."""
