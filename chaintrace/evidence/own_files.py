"""The adapters whose answers are a user's own files, and no answers of a network or a node: in one place."""

PATHS = frozenset({"file", "transfers-csv", "transactions-jsonl", "receipts-jsonl", "prices-csv", "ecb"})
"""Those whose request is the path of a file."""

FILES = PATHS | {"blocks"}
"""All of them. The request of a raw block is the path of its file with the place in it."""
