"""What `paperwire doctor` does: looks at everything that Paperwire needs, and says what to mend."""
