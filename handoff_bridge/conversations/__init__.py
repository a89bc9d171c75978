"""The conversation: its model, its legal changes of owner and its use cases. No HTTP, no SQL."""
