"""Bitcoin from its own bytes: block files, undo data, the index on disk, and the source that answers from them."""
