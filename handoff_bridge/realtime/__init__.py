"""Waking open event streams when something was committed."""
