"""Stand-ins for services that nobody can run here; each keeps to the real one's contract and counts breaches of it."""
