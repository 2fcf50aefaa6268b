"""Rules about services: addresses of somebody who keeps accounts, where a trace stops (M21)."""
