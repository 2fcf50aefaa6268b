"""What may lie behind a mixer: candidates with their number, never a path. No trace asks this room."""
