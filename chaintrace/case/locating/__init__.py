"""From what a victim has, a screenshot and a rough date, to every payment that may be meant."""
