"""When the assistant steps back: the section ``escalation`` of the business rules.

The bot reads the same section by itself; it is checked here too, because here a mistake is seen when the system starts.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Count = Annotated[int, Field(ge=1, le=20, strict=True)]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Sum = Annotated[float, Field(ge=0.0, le=10.0, allow_inf_nan=False)]


class Escalation(BaseModel):
    """Numbers of messages, shares between 0 and 1, and sums of weighted signs; docs/escalation.md tells each one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    misunderstandings: Count = 3
    not_content: Count = 2
    same_question: Count = 3
    open_requests: Count = 4
    suggest_from: Share = 0.1
    frustrated_from: Share = 0.7
    offer_person: Sum = 0.85
    hand_over: Sum = 1.5
    weight_message_before: Share = 0.6
    weight_two_before: Share = 0.3
    weight_misunderstood: Share = 0.3
    weight_asked_again: Share = 0.5
    weight_not_content: Share = 0.4
    weight_outburst: Share = 0.6

    @model_validator(mode="after")
    def _offers_before_it_hands_over(self) -> "Escalation":
        if self.offer_person > self.hand_over:
            raise ValueError("offer_person is higher than hand_over")
        return self
