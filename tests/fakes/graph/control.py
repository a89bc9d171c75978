"""What a test or the phone page tells the fake: write as a customer, look into a chat, let time pass, break things."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.graph.faults import Fault
from tests.fakes.graph.later import A_DAY, age_in_bridge
from tests.fakes.graph.people import Person, new_wamid
from tests.fakes.graph.voice import silence

if TYPE_CHECKING:
    from tests.fakes.graph.phone_line import PhoneLine
    from tests.fakes.graph.server import FakeGraph

Json = dict[str, Any]


def routes_of(fake: FakeGraph) -> list[web.AbstractRouteDef]:
    """The routes under ``/_fake/``."""
    phone = Control(fake)
    return [
        web.get("/_fake/people", phone.people),
        web.post("/_fake/people", phone.add_person),
        web.get("/_fake/people/{user_id}/chat", phone.chat),
        web.post("/_fake/people/{user_id}/messages", phone.write),
        web.post("/_fake/people/{user_id}/day-passes", phone.day_passes),
        web.post("/_fake/clock", phone.advance),
        web.post("/_fake/manners", phone.manners),
        web.post("/_fake/faults", phone.break_things),
        web.get("/_fake/report", phone.report),
    ]


class Control:
    def __init__(self, fake: FakeGraph) -> None:
        self._fake = fake

    async def people(self, _request: web.Request) -> web.Response:
        """Everybody, the numbers they can write to, and the templates they may be sent."""
        lines = [{"id": line.id, "display": line.display, "name": line.name} for line in self._fake.lines.values()]
        return web.json_response(
            {
                "people": [person.to_wire() for person in self._fake.people],
                "numbers": lines,
                "templates": [
                    {"name": name, "language": language, "text": text}
                    for (name, language), text in self._fake.template_texts.items()
                ],
            }
        )

    async def add_person(self, request: web.Request) -> web.Response:
        """``{name, phone?, user_id?}`` → 201 ``{person}``"""
        body: Json = await request.json()
        person = self._fake.people.add(body["name"], body.get("phone"), body.get("user_id"))
        return web.json_response({"person": person.to_wire()}, status=201)

    async def chat(self, request: web.Request) -> web.Response:
        """``?after=NUMBER`` → ``{entries, typing}``; a message's statuses are those Meta has told the business."""
        person = self._person(request)
        after = int(request.query.get("after", "0"))
        entries = [entry.to_wire() for entry in person.chat if entry.number > after]
        return web.json_response({"entries": entries, "typing": person.typing_until > self._fake.clock.now()})

    async def write(self, request: web.Request) -> web.Response:
        """Write as this customer, ``age_s`` seconds ago → 201 ``{wamid}``.

        ``{number_id?, text | reply {id, title, to} | media {kind, base64, mime_type, filename?, caption?} |
        media {kind: voice, sample: true} | content}``; ``content`` is a message as the webhook has it.
        """
        person, body = self._person(request), await request.json()
        line = self._line(body)
        at = self._fake.clock.now() - float(body.get("age_s", 0))
        if "media" in body:
            wamid = self._write_media(line, person, body["media"])
        else:
            wamid = line.receive(person, _content(body), at, body.get("wamid") or new_wamid())
        return web.json_response({"wamid": wamid}, status=201)

    async def advance(self, request: web.Request) -> web.Response:
        """``{advance_s}``: let this much time pass."""
        self._fake.clock.advance(float((await request.json())["advance_s"]))
        return web.json_response({"ahead_s": self._fake.clock.ahead_s})

    async def day_passes(self, request: web.Request) -> web.Response:
        """24 hours without a word from this customer, here and in the bridge's database, if that is known."""
        person = self._person(request)
        for line in self._fake.lines.values():
            line.limits.let_pass(person.user_id, A_DAY.total_seconds())
        aged = 0
        if self._fake.bridge_database is not None:
            aged = await age_in_bridge(self._fake.bridge_database, person.user_id)
        return web.json_response({"conversations": aged})

    async def manners(self, request: web.Request) -> web.Response:
        """``{rough}``: whether updates travel twice and overtake each other."""
        rough = bool((await request.json()).get("rough"))
        manners = self._fake.webhooks.manners
        manners.repeated, manners.shuffled_s = (1.0, 1.5) if rough else (0.0, 0.0)
        return web.json_response({"rough": rough})

    async def break_things(self, request: web.Request) -> web.Response:
        """``{kind, code?, times?, share?}``: the next calls, or a share of all; ``{clear: true}`` ends it."""
        body: Json = await request.json()
        if body.get("clear"):
            self._fake.faults.clear()
            return web.json_response({})
        try:
            fault = Fault(body["kind"], int(body.get("code", 131000)))
        except (KeyError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        if "share" in body:
            self._fake.faults.by_chance(float(body["share"]), fault)
        else:
            self._fake.faults.add(fault, int(body.get("times", 1)))
        return web.json_response({})

    async def report(self, _request: web.Request) -> web.Response:
        """What was accepted and refused, and every breach of the contract."""
        return web.json_response({**self._fake.ledger.to_wire(), "webhooks_under_way": self._fake.webhooks.under_way})

    def _person(self, request: web.Request) -> Person:
        person = self._fake.people.get(request.match_info["user_id"])
        if person is None:
            raise web.HTTPNotFound(text="no such person")
        return person

    def _line(self, body: Json) -> PhoneLine:
        number_id = body.get("number_id") or next(iter(self._fake.lines), "")
        line = self._fake.lines.get(number_id)
        if line is None:
            raise web.HTTPNotFound(text="no such number")
        return line

    def _write_media(self, line: PhoneLine, person: Person, media: Json) -> str:
        if media.get("sample"):
            medium = self._fake.media.add(silence(), "audio/ogg; codecs=opus")
            return line.receive_media(person, "voice", medium, self._fake.url, None)
        medium = self._fake.media.add(base64.b64decode(media["base64"]), media["mime_type"], media.get("filename"))
        return line.receive_media(person, media["kind"], medium, self._fake.url, media.get("caption"))


def _content(body: Json) -> Json:
    if "text" in body:
        return {"type": "text", "text": {"body": str(body["text"])}}
    if "reply" in body:
        reply = body["reply"]
        kind = "list_reply" if reply.get("list") else "button_reply"
        content: Json = {
            "type": "interactive",
            "interactive": {"type": kind, kind: {"id": reply["id"], "title": reply["title"]}},
        }
        if "to" in reply:
            content["context"] = {"id": reply["to"]}
        return content
    if isinstance(body.get("content"), dict):
        return dict(body["content"])
    raise web.HTTPBadRequest(text="text, reply, media or content")
