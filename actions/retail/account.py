"""The customer's account and newsletter, by e-mail address. Nobody learns whether an address is known here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from actions.clients.shop_changes import configured_changes
from actions.confirmation import confirm
from actions.tasks.case import Case
from actions.tasks.fields import MALFORMED
from actions.tasks.message import Message
from actions.tasks.task import Task

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
#: Not solved by a new password.
_ANOTHER_MATTER = re.compile(
    r"gehackt|hacker|fremd|jemand (?:anderes|hat)|unbefugt|2fa|zwei.?faktor|authenticator|sperr|"
    r"(?:adresse|mailadresse|e-?mail|nummer|handynummer|name\w*) (?:\w+ ){0,3}(?:ändern|aendern|geändert|wechseln)|"
    r"zusammenleg|alte\w* (?:\w+ )?(?:mail|adresse)|existiert nicht mehr|abgeschaltet|neuer name|"
    r"kommt nicht|kommt keine|404|fehlerseite",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class EmailField:
    """An e-mail address in small letters."""

    slot: str = "email"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        found = message.values(self.slot) or _EMAIL.findall(message.words)
        if found:
            return str(found[-1]).lower()
        return MALFORMED if asked and "@" in message.words else None


class AccountAccess(Task):
    """A link for a new password; anything else about an account is for a person."""

    intent = "account_access"
    fields = (EmailField(),)

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        text = case.message.words
        if case.is_opening and _ANOTHER_MATTER.search(text):
            case.end("utter_account_needs_person")
        email = case.need("email", "utter_ask_email_of_account")
        # One link per address, conversation and day, however often it is asked for: no way to flood a mailbox.
        day = datetime.now(timezone.utc).date().isoformat()
        digest = hashlib.sha256(email.encode()).hexdigest()[:16]
        await configured_changes().send_password_link(email, key=f"{case.conversation_id}:{digest}:{day}")
        case.end("utter_password_link", email=email)


class NewsletterUnsubscribe(Task):
    """Takes an address off the newsletter."""

    intent = "newsletter_unsubscribe"
    fields = (EmailField(),)

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        email = case.need("email", "utter_ask_email_of_newsletter")
        confirm(case, "utter_confirm_newsletter_unsubscribe", email=email)
        await configured_changes().unsubscribe(email, key=case.key())
        case.end("utter_newsletter_unsubscribed", email=email)
