"""The two pages as their users see them: what they can read, what they can do."""

from __future__ import annotations

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.acceptance.running_stack import SignIn

#: A first answer after a cold start takes a moment; a turn as such takes milliseconds.
ANSWER_MS = 30_000
expect.set_options(timeout=ANSWER_MS)


class VisiblePage:
    """A page in a browser profile of its own, which also notes whatever went wrong inside it."""

    def __init__(self, context: BrowserContext, page: Page, log: str) -> None:
        self._context = context
        self.page = page
        self.log = page.get_by_test_id(log)
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("request", lambda request: self._note_foreign(request.url))

    async def close(self) -> None:
        """Leave, and insist that nothing went wrong inside the page."""
        await self._context.close()
        assert self.complaints == []

    def entries(self, sender: str) -> Locator:
        """The messages of one side: ``customer``, ``bot`` or ``agent``."""
        return self.log.locator(f".from-{sender}")

    @property
    def notices(self) -> Locator:
        """The messages nobody wrote: who answers, who came, who left."""
        return self.log.locator(".notice")

    async def sees(self, sender: str, text: str) -> None:
        """A message of this side with this text can be read."""
        await expect(self.entries(sender).filter(has_text=text).last).to_be_visible()

    async def is_told(self, text: str, times: int = 1) -> None:
        """So many notices hold this text, the last one in view."""
        told = self.notices.filter(has_text=text)
        await expect(told).to_have_count(times)
        await expect(told.last).to_be_visible()

    def _note(self, kind: str, text: str) -> None:
        # A refused sign-in or a spent code is also told here; what the page itself does wrong is an error or a broken
        # policy.
        refused = any(f"the server responded with a status of {status}" in text for status in (401, 410))
        if kind == "error" and not refused:
            self.complaints.append(f"console: {text}")

    def _note_foreign(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:")):
            self.complaints.append(f"foreign: {url}")


class CustomerPage(VisiblePage):
    """The page of the shop with its chat."""

    @classmethod
    async def visit(cls, browser: Browser, url: str) -> CustomerPage:
        return await cls.follow(browser, f"{url}/")

    @classmethod
    async def follow(cls, browser: Browser, link: str) -> CustomerPage:
        """Open a link to the page."""
        context = await browser.new_context(locale="de-DE", viewport={"width": 390, "height": 780})
        page = await context.new_page()
        await page.goto(link)
        return cls(context, page, "chat-log")

    async def open_chat(self) -> None:
        await self.page.get_by_test_id("chat-open").click()

    async def write(self, text: str) -> None:
        await self.page.get_by_test_id("chat-input").fill(text)
        await self.page.get_by_test_id("chat-send").click()
        await self.sees("customer", text)

    async def ask(self, text: str) -> str:
        """Write to the bot and return its answer: the messages that came after the question."""
        before = await self.entries("bot").count()
        await self.write(text)
        await expect(self.entries("bot").nth(before)).to_be_visible()
        return " ".join((await self.entries("bot").all_inner_texts())[before:])

    async def ask_for_person(self) -> None:
        await self.page.get_by_test_id("chat-human").click()

    async def way_to_whatsapp(self) -> tuple[str, str]:
        """Ask for the way to WhatsApp: the address that opens it, and the message to send from another device."""
        await self.page.get_by_role("button", name="Weitere Möglichkeiten").click()
        await self.page.get_by_test_id("chat-whatsapp").click()
        way = self.page.get_by_test_id("chat-whatsapp-open")
        await expect(way).to_be_visible()
        text = await self.page.get_by_test_id("chat-whatsapp-code").inner_text()
        return str(await way.get_attribute("href")), text

    async def status_says(self, text: str) -> None:
        await expect(self.page.get_by_test_id("chat-status")).to_contain_text(text)


class DeskPage(VisiblePage):
    """The desk of an agent."""

    @classmethod
    async def visit(cls, browser: Browser, url: str) -> DeskPage:
        context = await browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        await page.goto(f"{url}/desk/")
        return cls(context, page, "desk-log")

    async def sign_in(self, sign_in: SignIn) -> None:
        await self.page.get_by_test_id("desk-email").fill(sign_in.email)
        await self.page.get_by_test_id("desk-password").fill(sign_in.password)
        await self.page.get_by_test_id("desk-signin").click()
        await expect(self.page.get_by_test_id("desk-signin")).to_be_hidden()

    def item(self, conversation_id: str) -> Locator:
        """The conversation in the lists."""
        return self.page.locator(f'[data-testid="desk-queue-item"][data-conversation-id="{conversation_id}"]')

    def waiting_item(self, text: str) -> Locator:
        """The waiting conversation whose last message holds this text."""
        return self.page.locator('[data-queue="waiting"]').get_by_test_id("desk-queue-item").filter(has_text=text)

    @property
    def handoff(self) -> Locator:
        """The card that says why the bot stepped back."""
        return self.page.get_by_test_id("desk-handoff")

    async def claim(self) -> None:
        await self.page.get_by_test_id("desk-claim").click()
        await expect(self.page.get_by_test_id("desk-reply")).to_be_editable()

    async def write(self, text: str) -> None:
        await self.page.get_by_test_id("desk-reply").fill(text)
        await self.page.get_by_test_id("desk-send").click()
        await self.sees("agent", text)

    async def give_back(self, note: str) -> None:
        await self.page.get_by_test_id("desk-return").click()
        await self.page.locator("dialog textarea[name=note]").fill(note)
        await self.page.get_by_test_id("desk-dialog-submit").click()

    async def close_conversation(self) -> None:
        await self.page.get_by_test_id("desk-close").click()
        await self.page.get_by_test_id("desk-dialog-submit").click()
