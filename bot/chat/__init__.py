"""What people can ask: the grammar, conversations, the engine."""
