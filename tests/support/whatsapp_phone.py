"""A customer on a phone, with the fake Graph API between them and the bridge."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import HttpUrl, SecretStr

from handoff_bridge.business import BusinessRules
from handoff_bridge.http import keys
from tests.fakes.graph.people import ChatEntry, Person
from tests.fakes.graph.phone_line import PhoneLine
from tests.fakes.graph.server import ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN, FakeGraph
from tests.support.bridge import Bridge, bridge_settings, running_bridge
from tests.support.people import PATIENCE_S, AgentAtDesk
from tests.support.rasa import ScriptedRasa

Json = dict[str, Any]
NUMBER_ID, DISPLAY = "106540352242922", "+49 800 0001122"
REOPEN = "antwort_liegt_bereit"
NUMBER = {
    "phone_number_id": NUMBER_ID,
    "name": "Kundendienst",
    "display_number": DISPLAY,
    "reopen_template": REOPEN,
}


def with_whatsapp(rules: BusinessRules, *numbers: Json) -> BusinessRules:
    """The same rules with these numbers, or with the usual one."""
    assert rules.whatsapp is not None
    whatsapp = rules.whatsapp.model_dump() | {"numbers": list(numbers or (NUMBER,))}
    return BusinessRules.model_validate(rules.model_dump() | {"whatsapp": whatsapp})


def whatsapp_settings(graph_url: str) -> Json:
    return {
        "whatsapp_graph_url": HttpUrl(graph_url),
        "whatsapp_access_token": SecretStr(ACCESS_TOKEN),
        "whatsapp_app_secret": SecretStr(APP_SECRET),
        "whatsapp_verify_token": SecretStr(VERIFY_TOKEN),
    }


def fake_graph(rules: BusinessRules, seed: int = 0) -> FakeGraph:
    """A fake that knows the templates and the numbers of these rules."""
    assert rules.whatsapp is not None
    templates = {(one.name, one.language): len(one.variables) for one in rules.whatsapp.templates}
    fake = FakeGraph(templates, seed)
    for number in rules.whatsapp.numbers:
        fake.add_line(number.phone_number_id, number.display_number)
    return fake


async def eventually(matches: Callable[[], bool], what: str | Callable[[], str]) -> None:
    """Wait until it is so. Raises AssertionError with ``what`` when it does not come about."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not matches():  # noqa: ASYNC110  many things may make it so
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"never came about: {what if isinstance(what, str) else what()}") from None


class Phone:
    """One customer in WhatsApp's app."""

    def __init__(self, line: PhoneLine, person: Person) -> None:
        self.line = line
        self.person = person

    def write(self, text: str, age_s: float = 0) -> str:
        """Send words, ``age_s`` ago: their webhook has taken that long."""
        at = self.line.now() - age_s
        return self.line.receive(self.person, {"type": "text", "text": {"body": text}}, at)

    def tap(self, title: str) -> str:
        """Tap a button or choose from a list that lies in the chat."""
        for entry in reversed(self.received):
            for kind, reply in _choices(entry.body):
                if reply["title"] == title:
                    interactive = {"type": kind, kind: {"id": reply["id"], "title": title}}
                    content = {"type": "interactive", "interactive": interactive, "context": {"id": entry.wamid}}
                    return self.line.receive(self.person, content)
        raise AssertionError(f"there is no choice {title!r} in the chat")

    @property
    def received(self) -> list[ChatEntry]:
        return [entry for entry in self.person.chat if not entry.from_customer]

    @property
    def texts(self) -> list[str]:
        """What stands in the chat from the company, in order; a template by its name."""
        return [_words(entry.body) for entry in self.received]

    async def sees(self, text: str) -> ChatEntry:
        """Wait until a message with these words is in the chat."""
        await eventually(lambda: any(text in words for words in self.texts), lambda: f"{text!r} in {self.texts}")
        return next(entry for entry in self.received if text in _words(entry.body))


class WhatsAppLoop:
    """The bridge, the fake and everybody around them."""

    def __init__(self, bridge: Bridge, fake: FakeGraph) -> None:
        self.bridge = bridge
        self.fake = fake

    @property
    def line(self) -> PhoneLine:
        return self.fake.lines[NUMBER_ID]

    def phone(self, name: str = "Eva Roth", phone: str | None = "491701234567") -> Phone:
        return Phone(self.line, self.fake.people.add(name, phone))

    async def conversation_of(self, phone: Phone, agent: AgentAtDesk, state: str = "") -> Json:
        """The open conversation of this customer as the desk lists it, as soon as it is there."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for listed in await agent.list(f"state={state}" if state else ""):
                    if listed.get("whatsapp", {}).get("name") == phone.person.name:
                        return listed
                await asyncio.sleep(0.02)

    async def with_agent(self, phone: Phone, agent: AgentAtDesk, age_s: float = 0) -> str:
        """The customer has written, and the agent has taken over. Returns the conversation's id."""
        phone.write("Hallo", age_s)
        conversation = await self.conversation_of(phone, agent)
        # The bot has said its words, or the epoch would still move.
        async with asyncio.timeout(PATIENCE_S):
            while not await self._is_answered(conversation["id"], agent):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await agent.claim(conversation["id"])
        return str(conversation["id"])

    async def _is_answered(self, conversation_id: str, agent: AgentAtDesk) -> bool:
        return any(message["sender"] == "bot" for message in (await agent.open(conversation_id))["messages"])

    async def delivery(self, agent: AgentAtDesk, conversation_id: str, text: str, *statuses: str) -> Json:
        """The message with these words as the desk sees it, once its delivery is in one of these states."""
        seen: Json = {}
        async with asyncio.timeout(PATIENCE_S):
            while True:
                messages = (await agent.open(conversation_id))["messages"]
                seen = next((m for m in messages if text in m["text"] and m["sender"] != "customer"), {})
                if seen and seen["delivery"]["status"] in statuses:
                    return seen
                await asyncio.sleep(0.02)

    async def sweep(self) -> None:
        """Wake the outbox as if something had been said."""
        self.bridge.server.app[keys.hub].conversation_changed("nobody")


@asynccontextmanager
async def whatsapp_loop(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, folder: Path, fake: FakeGraph
) -> AsyncIterator[WhatsAppLoop]:
    """A bridge that has WhatsApp, in front of a fake that runs already."""
    settings = bridge_settings(database_url, rasa.url, folder, **whatsapp_settings(fake.url))
    async with running_bridge(settings, rasa, rules) as bridge:
        fake.webhooks.url = f"{bridge.url}webhooks/whatsapp"
        yield WhatsAppLoop(bridge, fake)


@asynccontextmanager
async def careful_loop(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, folder: Path, fake: FakeGraph | None = None
) -> AsyncIterator[WhatsAppLoop]:
    """A loop that starts its fake, and whose bridge must have kept to every rule of the Graph API at the end."""
    fake = fake or fake_graph(rules)
    await fake.start()
    async with whatsapp_loop(database_url, rasa, rules, folder, fake) as running:
        yield running
        await eventually(lambda: not fake.webhooks.under_way, "every webhook taken")
        assert fake.ledger.breaches == []
    await fake.stop()


def _choices(body: Json) -> list[tuple[str, Json]]:
    if body["type"] != "interactive":
        return []
    content = body["interactive"]
    if content["type"] == "button":
        return [("button_reply", button["reply"]) for button in content["action"]["buttons"]]
    return [("list_reply", row) for section in content["action"]["sections"] for row in section["rows"]]


def _words(body: Json) -> str:
    kind = body["type"]
    content = body[kind]
    if kind == "text":
        return str(content["body"])
    if kind == "interactive":
        return str(content["body"]["text"])
    if kind == "template":
        return f"[{content['name']}]"
    return str(content.get("caption", f"[{kind}]"))
