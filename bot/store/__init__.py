"""What is remembered: tables, migrations and the repositories that implement the ports."""
