"""What Rasa is extended with: graph components, the tracker store and the channel to the bridge."""
