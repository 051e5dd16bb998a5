"""What can be said back, in neutral form."""
