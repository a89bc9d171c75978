"""Two bridges behind the real Caddy, over TLS."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from handoff_bridge.business import BusinessRules
from handoff_bridge.http import keys
from handoff_bridge.http.sse import HEARTBEAT_S
from tests.support.bridge import Bridge, bridge_settings, running_bridge
from tests.support.caddy import CADDYFILE, Proxy, run, running_proxy
from tests.support.databases import fresh_postgres_database
from tests.support.people import PATIENCE_S, Customer, EventReader, Json, Refused
from tests.support.rasa import Gate, ScriptedRasa, says

#: Nobody listens there: the port of the discard service.
NOBODY = "http://127.0.0.1:9/"


@dataclass(frozen=True)
class Site:
    """What customers reach: one address, two bridges behind it."""

    proxy: Proxy
    bridges: list[Bridge]
    session: ClientSession

    async def customer(self) -> Customer:
        return await Customer(self.session, self.proxy.url).start()

    def stream_counts(self) -> list[int]:
        """How many event streams each bridge serves."""
        return [bridge.server.app[keys.hub].stream_count for bridge in self.bridges]


@asynccontextmanager
async def people(proxy: Proxy) -> AsyncIterator[ClientSession]:
    # No limit of connections: streams that stay open would use it up, and the next request would wait for ever.
    connector = TCPConnector(ssl=proxy.trust, limit=0)
    async with ClientSession(connector=connector, cookie_jar=DummyCookieJar()) as session:
        yield session


async def until_left(site: Site, leaving: int) -> None:
    """Wait until Caddy sends nobody to this bridge: the other one gets streams although it has two more."""
    async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as streams:
        while True:
            counts = site.stream_counts()
            if counts[1 - leaving] >= counts[leaving] + 2:
                return
            events = await streams.enter_async_context((await site.customer()).events())
            await events.until("conversation")


async def next_of_customer(events: EventReader) -> Json:
    return await events.until("message", lambda message: bool(message["sender"] == "customer"))


async def write_until_taken(customer: Customer, text: str) -> Json:
    """As the page does: the same message again, as long as the answer is that nobody can be reached."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await customer.write(text, client_message_id=text.replace(" ", "-"))
            except Refused as refused:
                if refused.code != "unavailable":
                    raise
                await asyncio.sleep(0.1)


@pytest.fixture
async def site(postgres_server: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(fresh_postgres_database(postgres_server))
        settings = bridge_settings(database, rasa.url, tmp_path)
        bridges = [await stack.enter_async_context(running_bridge(settings, rasa, rules)) for _ in range(2)]
        proxy = await stack.enter_async_context(running_proxy(tmp_path, [bridge.url for bridge in bridges]))
        yield Site(proxy, bridges, await stack.enter_async_context(people(proxy)))


def test_the_configuration_is_valid_and_in_form(tmp_path: Path) -> None:
    valid = run("validate", "--config", str(CADDYFILE), "--adapter", "caddyfile", folder=tmp_path)
    assert valid.returncode == 0, valid.stderr
    assert run("fmt", str(CADDYFILE), folder=tmp_path).stdout == CADDYFILE.read_text(encoding="utf-8")


async def test_events_pass_as_they_come(site: Site, rasa: ScriptedRasa) -> None:
    rasa.script = gate = Gate(says("Guten Tag!"))
    customer = await site.customer()
    async with customer.events() as events:
        await events.until("conversation")
        await customer.write("Hallo")
        # The bot cannot answer yet, so nothing that follows could push these events out.
        await events.until("message", lambda message: message["text"] == "Hallo")
        await events.until("typing", lambda typing: typing["active"])
        gate.opened.set()
        await events.until("message", lambda message: message["text"] == "Guten Tag!")


async def test_a_bridge_that_leaves_is_not_missed_by_anybody(site: Site) -> None:
    customer = await site.customer()
    async with customer.events() as events:
        await events.until("conversation")
        leaving = site.stream_counts().index(1)
        site.bridges[leaving].server.app[keys.hub].leaving = True
        await until_left(site, leaving)
        await site.bridges[leaving].server.close()
        with pytest.raises(ConnectionError):
            await events.until("never")
    # Whatever is sent now arrives at the first try.
    written = [await customer.write(f"Frage {number}") for number in range(6)]
    async with customer.events(after=written[0]["seq"] - 1) as events:
        for message in written:
            assert (await next_of_customer(events))["id"] == message["id"]


async def test_when_a_bridge_dies_its_customers_go_on_at_the_other_and_nothing_is_doubled(site: Site) -> None:
    customer = await site.customer()
    async with customer.events() as events:
        await events.until("conversation")
        await site.bridges[site.stream_counts().index(1)].server.close()
        with pytest.raises(ConnectionError):
            await events.until("never")
    written = [await write_until_taken(customer, f"Frage {number}") for number in range(6)]
    found = [message for message in await customer.messages() if message["sender"] == "customer"]
    assert [message["id"] for message in found] == [message["id"] for message in written]


async def test_streams_spread_over_the_bridges(site: Site) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(6):
            events = await stack.enter_async_context((await site.customer()).events())
            await events.until("conversation")
        assert site.stream_counts() == [3, 3]


async def test_a_reader_who_goes_is_gone_at_the_bridge_at_once(site: Site) -> None:
    customer = await site.customer()
    async with customer.events() as events:
        await events.until("conversation")
        assert sum(site.stream_counts()) == 1
    async with asyncio.timeout(HEARTBEAT_S / 3):
        while True:
            if sum(site.stream_counts()) == 0:
                return
            await asyncio.sleep(0.02)


async def test_what_is_meant_for_machines_inside_is_not_there(site: Site) -> None:
    for path in ("internal/handoffs", "INTERNAL/handoffs", "%69nternal/handoffs", "metrics", "/internal/handoffs"):
        async with site.session.post(f"{site.proxy.url}{path}", json={}) as response:
            assert response.status == 404, path
            assert (await response.json())["error"]["code"] == "not_found"


async def test_browsers_speak_http_2_over_tls_and_plain_http_is_sent_there(site: Site) -> None:
    offer = ssl.create_default_context()
    offer.check_hostname, offer.verify_mode = False, ssl.CERT_NONE
    offer.set_alpn_protocols(["h2", "http/1.1"])
    _, writer = await asyncio.open_connection(
        "127.0.0.1", site.proxy.https_port, ssl=offer, server_hostname="localhost"
    )
    assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
    writer.close()
    plain = f"http://localhost:{site.proxy.http_port}/desk/"
    async with site.session.get(plain, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (308, "https://localhost/desk/")


async def test_without_any_bridge_the_answer_is_an_error_that_says_when_to_come_back(
    rasa: ScriptedRasa, tmp_path: Path
) -> None:
    async with (
        running_proxy(tmp_path, [NOBODY]) as proxy,
        people(proxy) as session,
        session.post(f"{proxy.url}v1/conversations", json={}) as response,
    ):
        assert (response.status, response.headers["Retry-After"]) == (503, "2")
        assert (await response.json())["error"]["code"] == "unavailable"


async def test_the_log_tells_what_failed_and_not_who_was_there(rasa: ScriptedRasa, tmp_path: Path) -> None:
    async with running_proxy(tmp_path, [NOBODY]) as proxy, people(proxy) as session:
        headers = {"Authorization": "Bearer key-of-somebody", "X-Mark": "mark-of-somebody"}
        url = f"{proxy.url}v1/conversations/id-of-somebody/messages"
        async with asyncio.timeout(PATIENCE_S), session.get(url, headers=headers) as response:
            assert response.status == 503
        log = proxy.log.read_text(encoding="utf-8")
    assert "connection refused" in log
    assert not re.search(r"of-somebody|remote_ip|127\.0\.0\.1:\d+->", log)
