"""Rules about what is no payment that matters: it moves next to nothing, and is there to be seen (docs/noise.md)."""
