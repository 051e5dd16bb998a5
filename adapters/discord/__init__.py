"""Discord: the engine's documents as Components V2, its commands as `/papers`, over discord.py."""
