"""Sets Handschlag up on this machine and runs it: environments, training, the three processes, the checks.

Uses the standard library alone: it runs before the environments it makes are filled.
"""
