"""How fast Descent is, against itself and against others: `python -m benchmarks --help`."""
