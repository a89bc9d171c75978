"""One module per part of the table; each starts what it measures and returns its figures."""
