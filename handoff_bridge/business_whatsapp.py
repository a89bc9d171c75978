"""The company's rules for WhatsApp: the section ``whatsapp`` of the business rules."""

from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, StringConstraints, model_validator

from handoff_bridge.business_moving import Moving
from handoff_bridge.business_sending import Sending, Template

MediaKind = Literal["image", "audio", "video", "document", "sticker"]
HostName = Annotated[str, StringConstraints(to_lower=True, pattern=r"^(\*\.)?([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(_Strict):
    """One of the company's numbers. ``phone_number_id`` is Meta's id of it, ``display_number`` what people dial."""

    phone_number_id: Id
    name: str
    display_number: str
    locale: Annotated[str, StringConstraints(max_length=16)] = "de"
    #: Said first in every conversation on this number; without it, what the website says.
    bot_disclosure: str | None = None
    #: The template that asks a customer to write, when an agent's reply waits and the 24 hours are over.
    reopen_template: str | None = None
    #: What Meta grants this number, in and out together.
    messages_per_s: PositiveInt = 80
    #: Opens a chat with this number on the customer's device; without it, WhatsApp's own address for the number.
    chat_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+$", max_length=500)] | None = None

    def chat_with(self, text: str) -> str:
        """An address that opens the chat with this text ready to be sent.

        https://faq.whatsapp.com/5913398998672934
        """
        digits = "".join(sign for sign in self.display_number if sign.isdigit())
        return f"{self.chat_url or f'https://wa.me/{digits}'}?text={quote(text)}"


class Media(_Strict):
    """What customers may send, in megabytes of a million bytes, and where it may be fetched from."""

    hosts: list[HostName] = Field(min_length=1)
    max_mb: dict[MediaKind, PositiveFloat]

    @model_validator(mode="after")
    def _every_kind_is_bounded(self) -> "Media":
        if missing := {"image", "audio", "video", "document", "sticker"} - self.max_mb.keys():
            raise ValueError(f"max_mb: a bound is missing for {', '.join(sorted(missing))}")
        return self

    def max_bytes(self, kind: MediaKind) -> int:
        return int(self.max_mb[kind] * 1_000_000)


class Wishes(_Strict):
    """Messages of nothing but one of these words are understood by the bridge itself, whoever has the conversation."""

    stop: list[Word] = Field(min_length=1)
    person: list[Word] = Field(min_length=1)
    stop_waiting: list[Word] = Field(min_length=1)


class Contents(_Strict):
    """How a message without words reads in the log."""

    image: str
    audio: str
    voice: str
    video: str
    document: str
    sticker: str
    location: str
    contacts: str
    order: str
    order_item: str
    form: str
    reaction: str
    reaction_removed: str
    edited_media: str
    revoked: str
    welcome: str
    number_changed: str
    identity_changed: str
    system: str
    unsupported: str


class Answers(_Strict):
    """What the customer reads where the assistant cannot read what was sent."""

    voice: str
    media: str
    location: str
    contacts: str
    order: str
    form: str
    sticker: str
    unsupported: str
    stopped: str


class WhatsAppTexts(_Strict):
    contents: Contents
    answers: Answers
    #: What agents read as the sign for a handover without words.
    cue_unreadable: str

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> "WhatsAppTexts":
        for key, text, names in (
            ("contents.order_item", self.contents.order_item, ("quantity", "product")),
            ("contents.reaction", self.contents.reaction, ("emoji",)),
            ("contents.form", self.contents.form, ("fields",)),
            ("cue_unreadable", self.cue_unreadable, ("content",)),
        ):
            try:
                text.format(**dict.fromkeys(names, "x"))
            except (KeyError, IndexError, ValueError, AttributeError):
                raise ValueError(f"{key}: known placeholders are {{{'}, {'.join(names)}}}") from None
        return self


class Retention(_Strict):
    """For how many days what stands beside the log is kept.

    Webhooks longer than Meta repeats them, which is at most 7 days: a repeat is known by the first one.
    """

    webhooks_days: Annotated[int, Field(ge=8, le=3650)] = 30
    files_days: Annotated[int, Field(ge=1, le=3650)] = 180


class WhatsAppRules(_Strict):
    """Without a number, WhatsApp is off."""

    numbers: list[Number] = Field(default_factory=list)
    media: Media
    retention: Retention = Retention()
    wishes: Wishes
    texts: WhatsAppTexts
    templates: list[Template] = Field(default_factory=list)
    sending: Sending
    #: From the website to WhatsApp and back; without this section nobody is led across.
    moving: Moving | None = None

    @model_validator(mode="after")
    def _templates_are_there(self) -> "WhatsAppRules":
        keys = [(template.name, template.language) for template in self.templates]
        if len(set(keys)) != len(keys):
            raise ValueError("templates: one is there twice in the same language")
        for number in self.numbers:
            reopening = self.reopening(number)
            if number.reopen_template is not None and (reopening is None or reopening.defaults is None):
                raise ValueError(
                    f"numbers: the template {number.reopen_template} is not among the templates, or has variables "
                    "without a default"
                )
        return self

    @model_validator(mode="after")
    def _numbers_are_different(self) -> "WhatsAppRules":
        ids = [number.phone_number_id for number in self.numbers]
        if len(set(ids)) != len(ids):
            raise ValueError("numbers: a phone_number_id is there twice")
        return self

    def reopening(self, number: Number) -> Template | None:
        """The number's template for a closed window, in its language if there is one."""
        named = [template for template in self.templates if template.name == number.reopen_template]
        return next((template for template in named if template.language == number.locale), next(iter(named), None))

    def template(self, name: str, language: str) -> Template | None:
        wanted = (name, language)
        return next((known for known in self.templates if (known.name, known.language) == wanted), None)

    def number(self, phone_number_id: str) -> Number | None:
        return next((number for number in self.numbers if number.phone_number_id == phone_number_id), None)
