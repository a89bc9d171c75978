"""Everything that can go wrong in `components`.

ComponentError
├── ModelFolderError       the language model cannot be written
├── ClassifierNotTrained   a model archive holds no intent classifier
├── SectorsInvalid         the sectors that are switched on do not exist or do not fit together
├── LexiconInvalid         a file of concepts is not what it should be
├── EmbeddingsInvalid      the folder for sentence embeddings holds no usable model
├── FrustrationLinesInvalid  lines that frustration is learned from are missing or not what they should be
├── FrustrationNotTrained  a model archive holds no frustration model
├── TrackerStoreFailed     conversations cannot be stored or read
├── ActionCallFailed       the action server did not run an action
└── ChannelError           a customer message got no answer (has an HTTP status and a code)
    ├── Unauthorized       401  the shared secret is missing or wrong
    ├── InvalidBody        422  the request is not what the contract says
    ├── NotReady           503  no model is loaded, or the conversation is locked
    ├── ModelNotLoaded     500  the new model cannot be loaded; the one before stays
    └── TurnFailed         502  Rasa made no usable answer; nothing of the turn was kept
"""

from __future__ import annotations

from typing import ClassVar

from rasa.shared.exceptions import RasaException


class ComponentError(RasaException):
    """Something in Handschlag's Rasa components failed."""


class ModelFolderError(ComponentError):
    """The language model cannot be written to the folder."""


class ClassifierNotTrained(ComponentError):
    """The model archive holds no intent classifier. Train the assistant again."""


class SectorsInvalid(ComponentError):
    """The sectors that are switched on do not exist or do not fit together."""


class LexiconInvalid(ComponentError):
    """A file of concepts is not what it should be. Names the file and the line."""


class FrustrationLinesInvalid(ComponentError):
    """The lines that frustration is learned from are missing or wrong. Names the file and the place."""


class FrustrationNotTrained(ComponentError):
    """The model archive holds no frustration model. Train the assistant again."""


class EmbeddingsInvalid(ComponentError):
    """The folder for sentence embeddings holds no usable model."""


class TrackerStoreFailed(ComponentError):
    """Conversations cannot be stored or read."""


class ActionCallFailed(ComponentError):
    """The action server did not run the action. Says nothing of the request: it holds what the customer wrote."""


class ChannelError(ComponentError):
    """The channel cannot answer a message."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, **details: str) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Unauthorized(ChannelError):
    """The shared secret is missing or wrong."""

    status = 401
    code = "unauthorized"


class InvalidBody(ChannelError):
    """The request body is not what the contract says."""

    status = 422
    code = "invalid_body"


class NotReady(ChannelError):
    """The assistant cannot take a message now. Try again."""

    status = 503
    code = "not_ready"


class TurnFailed(ChannelError):
    """The message got no usable answer. Nothing of the turn was kept, so it can be sent again."""

    status = 502
    code = "turn_failed"


class ModelNotLoaded(ChannelError):
    """The new model cannot be loaded; the one before goes on answering."""

    code = "model_not_loaded"
