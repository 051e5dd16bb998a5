"""Paperwire's engine: papers, reading, digests and chat.  It knows no platform and nothing of the program around it."""
