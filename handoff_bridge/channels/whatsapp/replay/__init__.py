"""Posts recorded webhooks to a running bridge and tells what came of each."""
