"""The phone of the WhatsApp demonstration as a customer sees it."""

from __future__ import annotations

from playwright.async_api import Browser, Locator, expect

from tests.acceptance.pages import VisiblePage


class PhonePage(VisiblePage):
    """One customer with WhatsApp."""

    @classmethod
    async def visit(cls, browser: Browser, url: str) -> PhonePage:
        context = await browser.new_context(locale="de-DE", viewport={"width": 900, "height": 800})
        page = await context.new_page()
        await page.goto(url)
        phone = cls(context, page, "phone-log")
        await expect(page.locator("#who")).to_contain_text("+49")
        return phone

    @property
    def received(self) -> Locator:
        """What has come from the company."""
        return self.log.locator(".theirs")

    async def name(self) -> str:
        """Who writes here."""
        return (await self.page.locator("#who").inner_text()).partition(" (")[0]

    async def write(self, text: str) -> None:
        await self.page.get_by_test_id("phone-input").fill(text)
        await self.send()

    async def send(self) -> None:
        await self.page.get_by_test_id("phone-send").click()

    async def attach(self, what: str) -> None:
        """``sample`` (a picture), ``voice`` or ``location``."""
        await self.page.get_by_test_id("phone-attach").click()
        await self.page.get_by_test_id(f"phone-{what}").click()

    async def is_sent(self, text: str) -> None:
        await expect(self.received.filter(has_text=text).last).to_be_visible()

    async def choose_rough_ways(self) -> None:
        """Webhooks travel twice and out of order from now on."""
        await self.page.get_by_test_id("phone-rough").check()

    async def let_a_day_pass(self) -> None:
        await self.page.get_by_test_id("phone-day-passes").click()
        await expect(self.page.locator("#day-words")).to_contain_text("24 Stunden vergangen")

    async def next_message_fails(self, fault: str) -> None:
        await self.page.get_by_test_id("phone-fault").select_option(fault)

    async def breaches(self) -> int:
        """How often a rule of WhatsApp's was broken."""
        return int(await self.page.get_by_test_id("phone-report").locator("dd").nth(2).inner_text())
