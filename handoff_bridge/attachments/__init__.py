"""Files that come with messages: fetched within bounds, checked by their bytes, kept behind one interface."""
