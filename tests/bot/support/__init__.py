"""Helpers of the assistant's tests."""
