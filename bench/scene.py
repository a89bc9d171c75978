"""What seeded conversations and the load generator agree on."""

#: A message of usual length.
TEXT = "Guten Tag, meine Bestellung ist noch nicht da. Können Sie bitte nachsehen, wo sie bleibt?"
#: Of every seeded conversation.
EPOCH = 3
