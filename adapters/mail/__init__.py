"""Digests by mail, over SMTP."""
