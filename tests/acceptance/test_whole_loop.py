"""Customer and agent side by side in real browsers, with the real assistant between them."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.pages import CustomerPage, DeskPage
from tests.acceptance.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

AGENT = "Kim Weber"


async def test_a_customer_is_handed_to_a_person_and_back_and_to_a_person_again(
    stack: RunningStack, browser: Browser, round_number: int
) -> None:
    customer = await CustomerPage.visit(browser, stack.url)
    desk = await DeskPage.visit(browser, stack.url)
    await desk.sign_in(stack.sign_in)

    # A machine answers, and says so first.
    await customer.open_chat()
    await customer.is_told("eine Maschine, kein Mensch")
    await customer.status_says("Maschine")
    question = f"Guten Tag, womit kann ich bei Ihnen bezahlen? ({round_number})"
    answer = await customer.ask(question)
    assert "Rechnung" in answer
    conversation_id = await _conversation_id(desk, question)

    # The customer asks for a person in their own words.
    wish = "Ich möchte bitte mit einem Menschen sprechen."
    await customer.write(wish)
    await customer.is_told("bei unserem Team angekommen")
    await customer.status_says("Sie warten auf einen Menschen")
    await expect(customer.notices.filter(has_text=AGENT)).to_have_count(0)

    # The agent sees the conversation, everything said so far, and why it was handed over.
    await desk.item(conversation_id).click()
    for sender, text in (("customer", question), ("customer", wish)):
        await desk.sees(sender, text)
    await expect(desk.entries("bot").first).to_contain_text("Rechnung")
    await desk.is_told("eine Maschine, kein Mensch")
    await expect(desk.handoff).to_contain_text("Wunsch nach einem Menschen")

    # She takes over, and the customer is told before her first word.
    await desk.claim()
    await customer.is_told(f"{AGENT} ist jetzt für Sie da: ein Mensch")
    await customer.status_says(AGENT)
    await desk.write("Guten Tag, hier ist Kim Weber. Was kann ich für Sie tun?")
    await customer.sees("agent", "Was kann ich für Sie tun?")
    bot_words = await customer.entries("bot").count()
    await customer.write("Meine Rechnung ist doppelt abgebucht worden.")
    await desk.sees("customer", "doppelt abgebucht")
    await desk.write("Das habe ich gerade berichtigt, Sie bekommen das Geld zurück.")
    await customer.sees("agent", "gerade berichtigt")
    assert await customer.entries("bot").count() == bot_words, "the bot talked over a person"

    # Back to the bot, openly; it goes on.
    await desk.give_back("Doppelte Abbuchung ist erledigt.")
    await customer.is_told("wieder der digitale Assistent")
    await customer.status_says("Maschine")
    assert "Uhr" in await customer.ask("Danke! Wann haben Sie geöffnet?")

    # A second time, now with the button; and the end.
    await customer.ask_for_person()
    await customer.is_told("bei unserem Team angekommen", times=2)
    await desk.item(conversation_id).click()
    await desk.claim()
    await customer.is_told(f"{AGENT} ist jetzt für Sie da: ein Mensch", times=2)
    await desk.sees("customer", "Danke! Wann haben Sie geöffnet?")
    await desk.write("Da bin ich wieder. Alles ist erledigt, einen schönen Tag!")
    await customer.sees("agent", "einen schönen Tag")
    await desk.close_conversation()
    await customer.is_told(f"{AGENT} hat das Gespräch beendet")
    await customer.status_says("Unterhaltung beendet")
    await expect(customer.page.get_by_test_id("chat-input")).to_be_hidden()

    # A reload shows the same again, in the same order.
    said = await customer.log.locator(".message .text").all_inner_texts()
    await customer.page.reload()
    await expect(customer.log.locator(".message .text")).to_have_text(said)

    await customer.close()
    await desk.close()


async def test_who_stops_waiting_is_back_with_the_bot(stack: RunningStack, browser: Browser) -> None:
    customer = await CustomerPage.visit(browser, stack.url)
    await customer.open_chat()
    await customer.is_told("eine Maschine, kein Mensch")
    await customer.ask_for_person()
    await customer.status_says("Sie warten auf einen Menschen")
    await customer.page.get_by_test_id("chat-cancel-wait").click()
    await customer.is_told("Sie warten nicht mehr")
    assert "Rechnung" in await customer.ask("Kann ich auf Rechnung kaufen?")
    await customer.close()


async def _conversation_id(desk: DeskPage, last_question: str) -> str:
    """The id of the conversation in which this was asked; the desk also lists what the bot is busy with."""
    item = desk.page.locator('[data-queue="bot"]').get_by_test_id("desk-queue-item").first
    await item.click()
    await desk.sees("customer", last_question)
    found = await item.get_attribute("data-conversation-id")
    assert found is not None
    return found
