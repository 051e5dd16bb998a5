"""Paperwire, the program: it puts the engine and the platforms together, and is run from the command line."""
