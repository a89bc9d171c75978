"""Outside systems the actions talk to: the bridge and the shop."""
