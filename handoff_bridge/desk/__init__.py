"""The agents' side: signing in, lists, the conversation, what they may do with it."""
