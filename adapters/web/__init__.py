"""Health, metrics, and the one listener for every platform that is spoken to over HTTP."""
