"""Custom actions: what the assistant does besides talking. One module per topic, outside systems in `clients/`."""
