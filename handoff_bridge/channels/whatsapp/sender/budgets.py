"""How much WhatsApp lets us send: 80 messages a second for a number, in and out together; one in six seconds to the
same customer, with up to 45 at once that borrow from later.

https://developers.facebook.com/docs/whatsapp/cloud-api/overview#throughput
Both are drawn a little tighter: what leaves here in order may arrive there in a bunch.
"""

from datetime import datetime

from handoff_bridge.outbox.budgets import Bucket, Rate
from handoff_bridge.outbox.model import Delivery
from handoff_bridge.outbox.outcomes import Accepted, NeedsOperator, Outcome, Throttled
from handoff_bridge.outbox.ports import OutboxTransaction

PAIR = Rate(capacity=40, per_s=1 / 6.5)
#: Blocks in seconds: the first, and by how much each next one is longer.
PAIR_BLOCK = (4.0, 4.0)
NUMBER_BLOCK = (5.0, 2.0)
OPERATOR_BLOCK = (60.0, 2.0)


def number_rate(messages_per_s: int) -> Rate:
    """In no second more than nine tenths: what is there at once and what comes in the meantime."""
    return Rate(capacity=max(1.0, messages_per_s * 0.2), per_s=messages_per_s * 0.7)


def number_key(account: str) -> str:
    return f"number/{account}"


def pair_key(delivery: Delivery) -> str:
    return f"pair/{delivery.account}/{delivery.lane}"


class Budgets:
    """``messages_per_s`` by number's id."""

    def __init__(self, messages_per_s: dict[str, int]) -> None:
        self._rates = {account: number_rate(rate) for account, rate in messages_per_s.items()}

    def number(self, account: str) -> Rate:
        return self._rates.get(account, number_rate(80))

    async def take(self, tx: OutboxTransaction, delivery: Delivery, now: datetime) -> datetime | None:
        """Take a token of the number and one of the pair; or say when both will be there."""
        rate = self.number(delivery.account)
        number = (await tx.budgets.get(number_key(delivery.account), Bucket.full(rate, now))).refilled(rate, now)
        pair = (await tx.budgets.get(pair_key(delivery), Bucket.full(PAIR, now))).refilled(PAIR, now)
        ready_at = max(number.ready_at(rate, now), pair.ready_at(PAIR, now))
        if ready_at > now:
            return ready_at
        await tx.budgets.put(number_key(delivery.account), number.taken())
        await tx.budgets.put(pair_key(delivery), pair.taken())
        return None

    async def received(self, tx: OutboxTransaction, account: str, count: int, now: datetime) -> None:
        rate, key = self.number(account), number_key(account)
        bucket = (await tx.budgets.get(key, Bucket.full(rate, now))).refilled(rate, now)
        await tx.budgets.put(key, bucket.taken(count))

    async def learn(self, tx: OutboxTransaction, delivery: Delivery, outcome: Outcome, now: datetime) -> datetime:
        """Block or clear. Returns until when it is blocked, or ``now``."""
        match outcome:
            case Throttled(code, _, whole_account=False):
                return await self._strike(tx, pair_key(delivery), PAIR, PAIR_BLOCK, code, now)
            case Throttled(code, _):
                rate = self.number(delivery.account)
                return await self._strike(tx, number_key(delivery.account), rate, NUMBER_BLOCK, code, now)
            case NeedsOperator(code, _):
                rate = self.number(delivery.account)
                return await self._strike(tx, number_key(delivery.account), rate, OPERATOR_BLOCK, code, now)
            case Accepted():
                await self._clear(tx, number_key(delivery.account), self.number(delivery.account), now)
                await self._clear(tx, pair_key(delivery), PAIR, now)
        return now

    async def unblock(self, tx: OutboxTransaction, account: str, now: datetime) -> None:
        """The operator has put things in order."""
        bucket = await tx.budgets.get(number_key(account), Bucket.full(self.number(account), now))
        await tx.budgets.put(number_key(account), bucket.cleared())

    async def _strike(
        self, tx: OutboxTransaction, key: str, rate: Rate, block: tuple[float, float], code: int | None, now: datetime
    ) -> datetime:
        bucket = await tx.budgets.get(key, Bucket.full(rate, now))
        if bucket.blocked_until is not None and bucket.blocked_until > now:
            # Messages that were on their way together count as one warning.
            return bucket.blocked_until
        struck = bucket.struck(now, *block, code)
        await tx.budgets.put(key, struck)
        return struck.blocked_until or now

    async def _clear(self, tx: OutboxTransaction, key: str, rate: Rate, now: datetime) -> None:
        bucket = await tx.budgets.get(key, Bucket.full(rate, now))
        if bucket.strikes and (bucket.blocked_until is None or bucket.blocked_until <= now):
            await tx.budgets.put(key, bucket.cleared())
