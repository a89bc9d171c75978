"""What a test or the phone page tells the fake: write as a customer, look into a chat, let time pass, break things."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.graph.faults import Fault
from tests.fakes.graph.people import Person, new_wamid

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
        web.post("/_fake/clock", phone.advance),
        web.post("/_fake/faults", phone.break_things),
        web.get("/_fake/report", phone.report),
    ]


class Control:
    def __init__(self, fake: FakeGraph) -> None:
        self._fake = fake

    async def people(self, _request: web.Request) -> web.Response:
        """Everybody, and the numbers they can write to."""
        lines = [{"id": line.id, "display": line.display} for line in self._fake.lines.values()]
        return web.json_response({"people": [person.to_wire() for person in self._fake.people], "numbers": lines})

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
        """Write as this customer: ``{number_id?, text | reply {id, title, to} | media {kind, base64, mime_type,
        filename?, caption?} | content, age_s?}`` → 201 ``{wamid}``; ``content`` is a message as the webhook has it.
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
