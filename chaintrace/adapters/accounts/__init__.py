"""What every source of account histories says in the same way: sums, coverage, gaps, and what blocks pay out."""
