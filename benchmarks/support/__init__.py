"""What all benchmarks share: timing in turn, plain tables, versions, JSON."""
