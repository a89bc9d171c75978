"""What customers send."""

from typing import Annotated, Self

from pydantic import Field, StrictBool, StringConstraints, model_validator

from handoff_bridge.http.bodies import Body, ClientMessageId, Text

Locale = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=16)]
#: Postgres takes no NUL in a text.
PlainLine = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]


class StartConversation(Body):
    locale: Locale | None = None
    page_url: PlainLine | None = None
    identity_token: str | None = None


class CustomerMessage(Body):
    """Either ``text``, or the ``payload`` of a button that this conversation was offered."""

    client_message_id: ClientMessageId
    text: Text | None = None
    payload: PlainLine | None = None

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if self.text is None and self.payload is None:
            raise ValueError("text or payload is needed")
        return self


class BroughtCode(Body):
    """A code from another channel, or a text with one in it."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class Rating(Body):
    score: Annotated[int, Field(ge=1, le=5, strict=True)]
    comment: Text | None = None


class Typing(Body):
    """Whether the sender is writing; to be said again every few seconds."""

    active: StrictBool
