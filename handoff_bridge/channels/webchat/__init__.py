"""The chat on the website."""
