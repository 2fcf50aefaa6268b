"""The sealed evidence package: what a stranger needs to check a report again, alone and without a network."""
