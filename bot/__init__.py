"""Paperwire's engine: papers, reading, digests and chat, without any chat platform."""
