"""Cases: a folder with case.toml, what is asked in it, and what came of it."""
