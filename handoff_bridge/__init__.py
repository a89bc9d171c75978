"""The bridge: takes every message in, runs the bot's turns and hands conversations to people."""
