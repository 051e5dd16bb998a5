"""Alembic's migrations: forward only, each one tried on both databases."""
