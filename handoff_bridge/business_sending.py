"""What the company decides about sending on WhatsApp: templates, and words around messages."""

from string import Formatter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates
TemplateName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
#: The most that WhatsApp takes for one variable and for the body with all of them, in characters.
MAX_VALUE, MAX_TEMPLATE = 512, 1024


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variable(_Strict):
    """``label`` is what agents read beside the field; without a ``default`` they have to fill it."""

    name: VariableName
    label: str
    example: str = ""
    default: str | None = None


class Template(_Strict):
    """One that Meta has approved; ``text`` is its body with {variables}, in the order of ``variables``."""

    name: TemplateName
    language: Language = "de"
    title: str
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEMPLATE)]
    variables: list[Variable] = Field(default_factory=list)

    @model_validator(mode="after")
    def _variables_are_those_of_the_text(self) -> "Template":
        try:
            used = [name for _, name, _, _ in Formatter().parse(self.text) if name is not None]
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None
        if used != [variable.name for variable in self.variables]:
            raise ValueError(f"{self.name}: variables are to be those of the text, in its order, each once")
        return self

    @property
    def defaults(self) -> dict[str, str] | None:
        """The values of a template that nobody has to fill in; None for one that somebody has to."""
        known = {variable.name: variable.default for variable in self.variables if variable.default is not None}
        return known if len(known) == len(self.variables) else None


FailureKind = Literal[
    "window", "operator", "throttled", "undeliverable", "refused", "unknown", "stopped", "dropped", "moved"
]


class Failures(_Strict):
    """What agents read about a message that has not arrived."""

    window: str
    window_asked: str
    operator: str
    throttled: str
    undeliverable: str
    refused: str
    unknown: str
    stopped: str
    dropped: str
    moved: str


class Sending(_Strict):
    #: Opens a list of choices; WhatsApp takes 20 characters.
    list_label: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    #: Stands above choices that have no words of their own.
    choose: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    failures: Failures
