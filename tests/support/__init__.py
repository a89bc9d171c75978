"""What several kinds of tests need: databases, a scripted Rasa, people who use the bridge."""
