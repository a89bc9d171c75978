"""What the company says where a customer takes a conversation from the website to WhatsApp, or back."""

from string import Formatter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: What each text may have filled in.
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "prefilled": frozenset({"code"}),
    "offer": frozenset({"link", "minutes"}),
    "to_whatsapp": frozenset({"owner"}),
    "to_web": frozenset({"owner"}),
    "still_human": frozenset({"agent"}),
    "expired": frozenset({"minutes"}),
}
WebPage = Annotated[str, StringConstraints(pattern=r"^https?://[^\s#]+$", max_length=500)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Moving(_Strict):
    """Without ``web_page`` nobody is led from WhatsApp to the website."""

    #: The page with the chat.
    web_page: WebPage | None = None
    #: A message of nothing but one of these asks for the way to the website.
    words: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]] = Field(
        min_length=1
    )
    #: Stands in the customer's WhatsApp, ready to be sent.
    prefilled: str
    offer: str
    #: Said on both sides; ``owner`` is one of the three sentences below.
    to_whatsapp: str
    to_web: str
    still_bot: str
    still_waiting: str
    still_human: str
    #: Ends what the assistant was talking about on WhatsApp before.
    replaced: str
    #: Why a code is not taken.
    unknown: str
    expired: str
    used: str
    closed: str
    busy: str

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> "Moving":
        for name in type(self).model_fields:
            text = getattr(self, name)
            if not isinstance(text, str) or name == "web_page":
                continue
            try:
                used = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
            if unknown := used - PLACEHOLDERS.get(name, frozenset()):
                raise ValueError(f"{name}: unknown placeholder {{{'}, {'.join(sorted(unknown))}}}")
        if "{code}" not in self.prefilled:
            raise ValueError("prefilled: {code} is missing")
        if "{link}" not in self.offer:
            raise ValueError("offer: {link} is missing")
        return self
