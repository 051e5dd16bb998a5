"""What the figures in the README are printed by: python -m benchmarks NAME --json."""
