"""What agents send."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from handoff_bridge.http.bodies import Body, ClientMessageId, Epoch, Text


def _empty_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Note = Annotated[Text | None, BeforeValidator(_empty_is_none)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=320, pattern=r"^[^\x00]*$")]


class SignIn(Body):
    email: Line
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class AtEpoch(Body):
    """The epoch under which the agent saw the conversation."""

    epoch: Epoch


class AgentMessage(AtEpoch):
    client_message_id: ClientMessageId
    text: Text


class AgentTemplate(AtEpoch):
    """A template of the company's, with a value for each variable that has no default."""

    client_message_id: ClientMessageId
    name: Line
    language: Line = "de"
    variables: Annotated[dict[Line, Line], Field(max_length=20)] = Field(default_factory=dict)


class AgentFile(AtEpoch):
    """What goes with an agent's file: ``text`` stands below it."""

    client_message_id: ClientMessageId
    text: Note = None


class Return(AtEpoch):
    note: Note = None


class Transfer(AtEpoch):
    to: Line
    note: Note = None
