"""Measures how well German is understood, and keeps the training data in order (bot environment)."""
