"""A bot with moods: quick, slow, hanging, failing, empty, gone, answering twice; and it asks for people."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence

from aiohttp import ClientError, ClientSession

from tests.support.bridge import INTERNAL_SECRET
from tests.support.invariants import answer_text
from tests.support.rasa import Json

#: The moods of a good day: always an answer, in a moment that nobody can foretell.
CALM: Mapping[str, int] = {"quick": 70, "slow": 30}
#: Everything the field has seen.
STORMY: Mapping[str, int] = {"quick": 50, "slow": 15, "hang": 6, "fail": 12, "empty": 5, "odd": 4, "twice": 8}


class MoodyRasa:
    """A script for ScriptedRasa. Like the real channel it answers a message it has answered before with the same.

    In the mood ``twice`` it has forgotten that, and says something else.
    """

    def __init__(self, rng: random.Random, moods: Mapping[str, int], handoffs: float = 0.08) -> None:
        self._rng = rng
        self._moods = moods
        self._handoffs = handoffs
        self._answers: dict[str, Json] = {}
        self._runs: Counter[str] = Counter()
        self.bridges: Sequence[str] = ()
        self.met: Counter[str] = Counter()

    async def __call__(self, body: Json) -> Json | int:
        mood = self._rng.choices(list(self._moods), weights=list(self._moods.values()))[0]
        self.met[mood] += 1
        match mood:
            case "fail":
                return self._rng.choice((500, 502, 503))
            case "empty":
                return {"messages": [], "nlu": {}}
            case "odd":
                return {"messages": "none", "nlu": None}
            case "hang":
                await asyncio.sleep(3.0)
            case "slow":
                await asyncio.sleep(self._rng.uniform(0.1, 0.6))
            case _:
                await asyncio.sleep(self._rng.uniform(0, 0.03))
        return await self._answer(body, anew=mood == "twice")

    async def _answer(self, body: Json, *, anew: bool) -> Json:
        message_id = str(body["message_id"])
        if message_id in self._answers and not anew:
            return self._answers[message_id]
        self._runs[message_id] += 1
        run, parts = self._runs[message_id], self._rng.choice((1, 1, 2))
        if run == 1 and self._rng.random() < self._handoffs:
            await self._ask_for_person(body, twice=self._rng.random() < 0.3)
        answer: Json = {
            "messages": [{"text": answer_text(message_id, run, part)} for part in range(1, parts + 1)],
            "nlu": {"intent": {"name": "greet", "confidence": 0.9}, "entities": []},
        }
        self._answers[message_id] = answer
        return answer

    async def _ask_for_person(self, body: Json, *, twice: bool) -> None:
        request = {
            "conversation_id": body["conversation_id"],
            "message_id": body["message_id"],
            "reason": "complex_intent",
            "summary": "möchte etwas Besonderes",
        }
        headers = {"Authorization": f"Bearer {INTERNAL_SECRET}"}
        async with ClientSession(headers=headers) as session:
            for _ in range(2 if twice else 1):
                url = f"{self._rng.choice(self.bridges)}internal/handoffs"
                try:
                    async with session.post(url, json=request) as response:
                        self.met[f"handoff {response.status}"] += 1
                except (ClientError, OSError):
                    self.met["handoff not delivered"] += 1
