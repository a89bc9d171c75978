"""The bot's side of the bridge: the client for Rasa, the worker that runs turns, the handoff door."""
