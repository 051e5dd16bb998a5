"""Health, metrics and feeds over HTTP."""
