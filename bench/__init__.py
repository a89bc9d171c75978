"""Measures the bridge: ``python -m bench``. Every figure stands beside a baseline taken in the same run."""
