"""A Graph API for WhatsApp's Cloud API: as strict as Meta's, and it counts what Meta would punish.

``python -m tests.fakes.graph`` runs it as a process; tests start it with ``tests.fakes.graph.server.FakeGraph``.
"""
