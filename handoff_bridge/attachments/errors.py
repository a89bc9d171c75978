"""Why a file is not kept.

AttachmentError
├── Refused        not what may be kept, or from where it may not be fetched; nothing was stored
├── Gone           no longer to be had
└── NotNow         could not be fetched this time
"""


class AttachmentError(Exception):
    """A file could not be kept; ``reason`` is one of few words, for figures and logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(AttachmentError):
    """This file is not kept."""


class Gone(AttachmentError):
    """This file is no longer there."""


class NotNow(AttachmentError):
    """This file could not be fetched now."""
