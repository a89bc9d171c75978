"""The ways by which customers reach us."""
