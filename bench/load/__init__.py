"""The load generator: a process of its own that uses a bridge as customers and agents do."""
