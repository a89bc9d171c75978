"""A customer in one conversation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.shared.core.trackers import DialogueStateTracker

from components.bot_turn import answer
from components.channel_bodies import Reply, Returned, Turn


@dataclass(frozen=True)
class Answer:
    """The bot's answer, easy to look into."""

    reply: Reply

    @property
    def text(self) -> str:
        return "\n".join(message.get("text", "") for message in self.reply["messages"])

    @property
    def payloads(self) -> list[str]:
        return [button["payload"] for message in self.reply["messages"] for button in message.get("buttons", [])]

    @property
    def intent(self) -> str:
        return str(self.reply["nlu"]["intent"]["name"])


class Talk:
    """Sends messages the way the channel does, without HTTP around them."""

    def __init__(self, agent: Agent, conversation_id: str) -> None:
        self.agent = agent
        self.conversation_id = conversation_id

    async def say(self, text: str, *, message_id: str | None = None, returned: Returned | None = None) -> Answer:
        """Types a message."""
        return Answer(await answer(self.agent, self._turn(text, False, message_id, returned)))

    async def tap(self, payload: str) -> Answer:
        """Taps a button."""
        return Answer(await answer(self.agent, self._turn(payload, True, None, None)))

    async def tracker(self) -> DialogueStateTracker:
        """What Rasa has stored of the conversation."""
        stored = await self.agent.tracker_store.retrieve_full_tracker(self.conversation_id)
        assert stored is not None, "nothing is stored of the conversation"
        return stored

    async def slots(self) -> dict[str, Any]:
        return (await self.tracker()).current_slot_values()

    async def stored_texts(self) -> list[tuple[str, str]]:
        """(sender, text) of everything stored, in order."""
        events = [event.as_dict() for event in (await self.tracker()).events]
        return [(event["event"], event["text"]) for event in events if event["event"] in ("user", "bot")]

    def _turn(self, text: str, is_payload: bool, message_id: str | None, returned: Returned | None) -> Turn:
        return Turn(self.conversation_id, message_id or uuid.uuid4().hex, text, is_payload, "webchat", "de", returned)
