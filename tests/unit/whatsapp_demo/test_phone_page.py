"""The phone page and what it can do: served without anything from elsewhere, and told what lies in the chat."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from handoff_bridge.attachments.types import HEAD, mime_of
from handoff_bridge.business import load_business_rules
from tests.fakes.graph import demo_rules
from tests.fakes.graph.phone_page import FOLDER
from tests.fakes.graph.server import FakeGraph
from tests.fakes.graph.voice import silence
from tests.support.bridge import BUSINESS_FILE

NUMBER = "100000000000001"
LOADED = re.compile(r"""(?:src|href|from|url\()\s*=?\s*["'(](https?:[^"')]+)""")


@pytest.fixture
async def fake() -> AsyncIterator[FakeGraph]:
    fake = FakeGraph()
    fake.add_line(NUMBER, "+49 800 0001122").name = "Muster Elektronik"
    fake.template_texts = {("gruss", "de"): "Guten Tag {name}"}
    await fake.start()
    yield fake
    await fake.stop()


async def test_the_page_and_its_parts_are_served_and_nothing_else(fake: FakeGraph) -> None:
    async with ClientSession() as session:
        for name in ("", *(f"phone/{path.name}" for path in FOLDER.iterdir() if path.suffix in (".js", ".css"))):
            async with session.get(fake.url + name) as response:
                assert response.status == 200, name
        for name in ("phone/fehlt.js", "phone/..%2Fserver.py", "phone/index.html"):
            async with session.get(fake.url + name) as response:
                assert response.status == 404, name


def test_the_page_asks_no_other_host_for_anything() -> None:
    for path in FOLDER.iterdir():
        loaded = LOADED.findall(path.read_text(encoding="utf-8"))
        assert loaded == [], path.name


async def test_the_phone_sees_numbers_templates_and_what_was_read(fake: FakeGraph) -> None:
    eva = fake.people.add("Eva Roth", "491701234567")
    wamid = fake.lines[NUMBER].receive(eva, {"type": "text", "text": {"body": "Hallo"}})
    fake.lines[NUMBER].mark_read({"message_id": wamid})
    async with ClientSession() as session:
        async with session.get(f"{fake.url}_fake/people") as response:
            world = await response.json()
        async with session.get(f"{fake.url}_fake/people/{eva.user_id}/chat") as response:
            (entry,) = (await response.json())["entries"]
    assert world["numbers"] == [{"id": NUMBER, "display": "+49 800 0001122", "name": "Muster Elektronik"}]
    assert world["templates"] == [{"name": "gruss", "language": "de", "text": "Guten Tag {name}"}]
    assert entry["statuses"] == ["sent", "read"]


async def test_a_day_without_a_word_closes_the_window(fake: FakeGraph) -> None:
    eva, line = fake.people.add("Eva Roth", "491701234567"), fake.lines[NUMBER]
    line.receive(eva, {"type": "text", "text": {"body": "Hallo"}})
    assert line.limits.window_is_open(eva.user_id)
    async with (
        ClientSession() as session,
        session.post(f"{fake.url}_fake/people/{eva.user_id}/day-passes", json={}) as response,
    ):
        assert await response.json() == {"conversations": 0}
    assert not line.limits.window_is_open(eva.user_id)


async def test_updates_travel_badly_only_while_that_is_asked_for(fake: FakeGraph) -> None:
    async with ClientSession() as session:
        for rough, repeated in ((True, 1.0), (False, 0.0)):
            async with session.post(f"{fake.url}_fake/manners", json={"rough": rough}) as response:
                assert response.status == 200
            assert fake.webhooks.manners.repeated == repeated


def test_a_voice_message_is_one_for_whoever_looks_at_its_bytes() -> None:
    assert mime_of(silence()[:HEAD]) == "audio/ogg"


def test_the_rules_of_the_demonstration_have_its_number_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, new = tmp_path / "own.yml", tmp_path / "new.yml"
    number = 'numbers:\n    - {phone_number_id: "1", name: Echt, display_number: "+49 1"}\n'
    own.write_text(BUSINESS_FILE.read_text(encoding="utf-8").replace("numbers: []\n", number), encoding="utf-8")
    assert load_business_rules(own).whatsapp_is_on
    pages = ["--phone", "http://localhost:8090/", "--web-page", "http://localhost:8080/"]
    monkeypatch.setattr(sys, "argv", ["demo_rules", str(own), str(new), *pages])
    assert demo_rules.main() == 0
    rules = load_business_rules(new)
    assert rules.whatsapp is not None
    assert rules.moving is not None
    assert rules.moving.web_page == "http://localhost:8080/"
    (only,) = rules.whatsapp.numbers
    assert only.phone_number_id == demo_rules.NUMBER_ID
    assert only.chat_with("Grüße & Code").startswith("http://localhost:8090/?text=Gr%C3%BC%C3%9Fe%20%26%20Code")
    assert rules.whatsapp.reopening(only) is not None
