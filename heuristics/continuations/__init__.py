"""Continuations: where value goes on in another asset, or on another chain, and how that is known (M23)."""
