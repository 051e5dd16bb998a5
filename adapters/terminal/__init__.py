"""The terminal: rich output for people, plain text for pipes."""
