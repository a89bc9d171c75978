"""Finds the sentences of a message that ask or wish for something.

Customers tell a story around what they want; in a question or after "ich möchte" it is said outright. Which concepts
are wishes and which are mere courtesies is told by the names in the lexicon.
"""

from __future__ import annotations

from components.lexicon import Lexicon
from components.words import sentences_of

#: Concepts that turn a sentence into a request.
_CUES = frozenset(
    {
        *(
            "wish_want",
            "wish_need",
            "ask_can_you",
            "ask_can_i",
            "talk_please",
            "act_send_me",
            "act_find_out",
            "act_help",
        ),
        *("ask_when", "ask_where", "ask_where_is", "ask_how", "ask_how_long", "ask_how_much", "ask_why", "ask_whether"),
    }
)
#: Concepts that do not say what a sentence is about.
_EMPTY = (
    "gram_",
    "pron_",
    "talk_greeting",
    "talk_thanks",
    "talk_goodbye",
    "talk_letter",
    "talk_self",
    "talk_agreement",
)


def request_sentences(text: str, lexicon: Lexicon) -> list[str]:
    """The sentences that ask or wish for something known; all of them when there is none or only one sentence."""
    sentences = sentences_of(text)
    if len(sentences) < 2:
        return sentences
    asking = []
    for sentence in sentences:
        concepts = lexicon.find(sentence)
        if ("?" in sentence or concepts & _CUES) and any(_has_content(concept) for concept in concepts):
            asking.append(sentence)
    return asking or sentences


def _has_content(concept: str) -> bool:
    return concept not in _CUES and not concept.startswith(_EMPTY)
