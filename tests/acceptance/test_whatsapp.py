"""A customer on WhatsApp and an agent at the desk in real browsers, with the real assistant between them."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.pages import CustomerPage, DeskPage
from tests.acceptance.phone_page import PhonePage
from tests.acceptance.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_customer_on_whatsapp_is_handed_to_a_person_with_all_that_was_sent(
    stack: RunningStack, browser: Browser
) -> None:
    phone = await PhonePage.visit(browser, stack.phone_url)
    desk = await DeskPage.visit(browser, stack.url)
    await desk.sign_in(stack.sign_in)
    await phone.choose_rough_ways()

    # A machine answers, says so first, and what was read is seen to be read.
    await phone.write("Guten Tag, womit kann ich bei Ihnen bezahlen?")
    await phone.is_sent("eine Maschine, kein Mensch")
    await phone.is_sent("Rechnung")
    await expect(phone.log.get_by_test_id("phone-ticks").first).to_contain_text("✓✓")

    # What the assistant cannot hear goes to a person, with a kind word.
    await phone.attach("voice")
    await phone.is_sent("kann nicht zuhören")
    item = (
        desk.page.locator('[data-queue="waiting"]')
        .get_by_test_id("desk-queue-item")
        .filter(has_text=await phone.name())
    )
    await item.click()
    await expect(desk.page.get_by_test_id("desk-window")).to_contain_text("Antworten noch 23 Std.")
    await desk.sees("customer", "womit kann ich bei Ihnen bezahlen")
    await expect(desk.log.locator("audio")).to_be_visible()
    await desk.claim()
    await phone.is_sent("ist jetzt für Sie da: ein Mensch")

    # Pictures and places are shown, and each of the agent's words shows how far it has come.
    await phone.attach("sample")
    await expect(desk.log.locator("img.picture")).to_be_visible()
    await phone.attach("location")
    await expect(desk.log.get_by_role("link", name="Auf der Karte ansehen")).to_be_visible()
    await desk.write("Danke, das Bild ist angekommen.")
    await phone.is_sent("Danke, das Bild ist angekommen.")
    await expect(desk.entries("agent").last.get_by_test_id("desk-delivery")).to_have_attribute("data-status", "read")

    # A day without a word: the reply is held, a template asks, and the answer brings the reply.
    await phone.let_a_day_pass()
    await desk.page.reload()
    await expect(desk.page.get_by_test_id("desk-fate")).to_contain_text("mehr als 24 Stunden")
    await desk.write("Ihr Ersatzgerät ist unterwegs.")
    await phone.is_sent("wir haben eine Antwort auf Ihr Anliegen")
    await expect(phone.received.filter(has_text="Ersatzgerät")).to_have_count(0)
    await phone.write("Ja bitte?")
    await phone.is_sent("Ihr Ersatzgerät ist unterwegs.")

    # What cannot be delivered is listed, and goes again when somebody says so.
    await phone.next_message_fails("error:131026")
    await desk.write("Brauchen Sie noch etwas?")
    await desk.page.get_by_test_id("desk-undelivered-open").click()
    # Other conversations may have left some there, too.
    letter = desk.page.get_by_test_id("desk-undelivered").filter(has_text="Brauchen Sie noch etwas?")
    await expect(letter).to_have_count(1)
    await letter.get_by_role("button", name="Erneut senden").click()
    await phone.is_sent("Brauchen Sie noch etwas?")
    await expect(letter).to_have_count(0)
    await desk.page.keyboard.press("Escape")

    # STOP is respected at once.
    await phone.write("STOP")
    await phone.is_sent("keine weiteren Nachrichten")
    assert await phone.breaches() == 0
    await phone.close()
    await desk.close()


async def test_a_conversation_goes_from_the_website_to_whatsapp_and_back(stack: RunningStack, browser: Browser) -> None:
    customer = await CustomerPage.visit(browser, stack.url)
    await customer.open_chat()
    assert "Rechnung" in await customer.ask("Womit kann ich bezahlen?")
    way, _ = await customer.way_to_whatsapp()

    # The prepared message is there and only has to be sent.
    phone = await PhonePage.visit(browser, way)
    await phone.send()
    await phone.is_sent("Dieses Gespräch geht jetzt auf WhatsApp weiter")
    await customer.is_told("Dieses Gespräch geht jetzt auf WhatsApp weiter")
    await expect(customer.page.get_by_test_id("chat-input")).to_be_hidden()
    await phone.write("Wann haben Sie geöffnet?")
    await phone.is_sent("Uhr")
    await customer.sees("customer", "Wann haben Sie geöffnet?")

    # And back by a link that opens once.
    await phone.write("Website")
    sent = phone.log.locator('a[href*="#weiter="]')
    await expect(sent).to_be_visible()
    link = await sent.get_attribute("href")
    assert link is not None
    back = await CustomerPage.follow(browser, link)
    await back.is_told("Dieses Gespräch geht jetzt auf unserer Website weiter")
    await back.sees("customer", "Womit kann ich bezahlen?")
    await phone.is_sent("Dieses Gespräch geht jetzt auf unserer Website weiter")
    assert "Rechnung" in await back.ask("Und noch einmal: womit kann ich bezahlen?")
    again = await CustomerPage.follow(browser, link)
    await expect(again.page.get_by_role("alert").filter(has_text="schon einmal verwendet")).to_be_visible()
    for page in (customer, phone, back, again):
        await page.close()
