"""What all HTTP entries share: bodies, errors, headers, event streams."""
