"""Both pages, in every state people meet them in, hold no barrier that axe-core can find, by day and by night."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from runner.settings import ROOT
from tests.acceptance.pages import CustomerPage, DeskPage
from tests.acceptance.phone_page import PhonePage
from tests.acceptance.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
PHONE: ViewportSize = {"width": 390, "height": 780}
WIDE: ViewportSize = {"width": 1280, "height": 800}
DIALOGS = ("desk-return", "desk-transfer", "desk-close")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nobody_meets_a_barrier(stack: RunningStack, browser: Browser, scheme: str) -> None:
    customer = await CustomerPage.visit(browser, stack.url)
    desk = await DeskPage.visit(browser, stack.url)
    for page in (customer.page, desk.page):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    # The doors: the shop's page with the chat closed, the sign-in.
    await expect(desk.page.get_by_test_id("desk-email")).to_be_visible()
    await _has_no_barriers(customer.page, "shop")
    await _has_no_barriers(desk.page, "sign-in")
    await desk.sign_in(stack.sign_in)

    # With the bot, then waiting.
    await customer.open_chat()
    await customer.ask("Kann ich auf Rechnung kaufen?")
    await _has_no_barriers(customer.page, "chat with the bot")
    await customer.ask_for_person()
    await customer.status_says("Sie warten auf einen Menschen")
    await _has_no_barriers(customer.page, "waiting")
    await desk.item(await _conversation_id(customer.page)).click()
    await expect(desk.handoff).to_be_visible()
    await _has_no_barriers(desk.page, "desk: somebody waits")

    # With a person, also where the desk is a phone.
    await desk.claim()
    await desk.write("Guten Tag, ja, das geht.")
    await customer.sees("agent", "das geht")
    await _has_no_barriers(customer.page, "chat with a person")
    await customer.page.set_viewport_size(WIDE)
    await _has_no_barriers(customer.page, "chat beside the page")
    await _has_no_barriers(desk.page, "desk: conversation of one's own")
    for dialog in DIALOGS:
        await desk.page.get_by_test_id(dialog).click()
        await expect(desk.page.locator("dialog[open]")).to_be_visible()
        await _has_no_barriers(desk.page, dialog)
        await desk.page.keyboard.press("Escape")
    await desk.page.set_viewport_size(PHONE)
    await _has_no_barriers(desk.page, "desk: conversation on a phone")
    await desk.page.set_viewport_size(WIDE)

    # The end, with the question how it was.
    await desk.close_conversation()
    await customer.status_says("Unterhaltung beendet")
    await _has_no_barriers(customer.page, "closed")
    await _has_no_barriers(desk.page, "desk: closed")

    await customer.close()
    await desk.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nobody_meets_a_barrier_on_whatsapp(stack: RunningStack, browser: Browser, scheme: str) -> None:
    customer = await CustomerPage.visit(browser, stack.url)
    phone = await PhonePage.visit(browser, stack.phone_url)
    desk = await DeskPage.visit(browser, stack.url)
    for page in (customer.page, phone.page, desk.page):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await _has_no_barriers(phone.page, "phone: nothing said yet")
    await desk.sign_in(stack.sign_in)

    # The way from the website, and where the conversation has gone.
    await customer.open_chat()
    await customer.ask("Kann ich auf Rechnung kaufen?")
    _, code = await customer.way_to_whatsapp()
    await _has_no_barriers(customer.page, "the way to WhatsApp")
    await phone.write(code)
    await phone.is_sent("geht jetzt auf WhatsApp weiter")
    await expect(customer.page.get_by_test_id("chat-back-to-web")).to_be_visible()
    await _has_no_barriers(customer.page, "gone to WhatsApp")

    # All that can lie in a chat, and the desk with a closed window.
    await desk.item(await _conversation_id(customer.page)).click()
    await desk.claim()
    await phone.attach("sample")
    await phone.attach("voice")
    await phone.attach("location")
    await expect(desk.log.locator("img.picture")).to_be_visible()
    await phone.page.get_by_test_id("phone-attach").click()
    await _has_no_barriers(phone.page, "phone: something to attach")
    await phone.next_message_fails("error:131026")
    await desk.write("Guten Tag, ja, das geht.")
    await expect(desk.entries("agent").last.get_by_role("button", name="Verwerfen")).to_be_visible()
    await phone.let_a_day_pass()
    await desk.page.reload()
    await expect(desk.page.get_by_test_id("desk-fate")).to_contain_text("mehr als 24 Stunden")
    await _has_no_barriers(desk.page, "desk: closed window")
    for dialog in ("desk-templates", "desk-undelivered-open"):
        await desk.page.get_by_test_id(dialog).click()
        await expect(desk.page.locator("dialog[open]")).to_be_visible()
        await _has_no_barriers(desk.page, dialog)
        await desk.page.keyboard.press("Escape")
    await desk.page.set_viewport_size(PHONE)
    await _has_no_barriers(desk.page, "desk: WhatsApp on a phone")
    for visible in (customer, phone, desk):
        await visible.close()


async def _conversation_id(page: Page) -> str:
    """The id under which the chat keeps the conversation in the browser."""
    return str(await page.evaluate("JSON.parse(localStorage.getItem('handschlag.conversation')).id"))


async def _has_no_barriers(page: Page, state: str) -> None:
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, list[dict[str, Any]]] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    barriers = [f"{barrier['id']}: {node['target']}" for barrier in found["violations"] for node in barrier["nodes"]]
    assert barriers == [], f"in the state “{state}”"
