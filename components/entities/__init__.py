"""Numbers, dates and names of things in a German message, found by rules and checksums and brought to one form."""
