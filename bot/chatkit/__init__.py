"""What every chat adapter needs, whatever its platform."""
