"""From entries of the log to messages on a customer's phone."""
