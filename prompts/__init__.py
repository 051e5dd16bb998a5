"""Prompt templates: one file each, with variables, output schema and settings on top."""
