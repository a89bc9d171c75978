import { expect, test } from "vitest";
import { waitingWords } from "./waiting";

const first = (...args: Parameters<typeof waitingWords>) => waitingWords(...args).slice(0, -1);

test("place and wait are told as the bridge gave them", () => {
  const words = first({ reason: "customer_request", queue_position: 3, estimated_wait_s: 250 });
  expect(words).toEqual(["Sie sind an Platz 3.", "Wartezeit: etwa 4 Minuten."]);
});

test("the first in the queue is next, and a short wait is a minute", () => {
  const words = first({ reason: "customer_request", queue_position: 1, estimated_wait_s: 5 });
  expect(words).toEqual(["Sie sind als Nächstes dran.", "Wartezeit: etwa eine Minute."]);
});

test("no wait is invented where none is known", () => {
  expect(first({ reason: "customer_request", queue_position: 2 })).toEqual(["Sie sind an Platz 2."]);
  expect(first(null)).toEqual(["Wie lange es dauert, können wir gerade nicht sagen."]);
});

test("out of hours the next opening is told instead of a place", () => {
  const words = first({ reason: "customer_request", queue_position: 1, next_opening: "2026-11-23T08:00:00Z" });
  expect(words).toHaveLength(1);
  expect(words[0]).toMatch(/^Unser Team ist ab Montag, 23\. November um \d\d:00 Uhr wieder da\.$/);
});
