import { expect, test } from "vitest";
import { pauseWords } from "./pause-words";

const texts = { soon: "gleich", seconds: "in {count} s", minute: "in einer Minute", minutes: "in {count} min" };

test("a wait is told rounded up, in the unit that fits", () => {
  const told = [0, 5, 5.1, 30, 45, 46, 60, 61, 120, 900].map((seconds) => pauseWords(texts, seconds));
  expect(told).toEqual([
    "gleich",
    "gleich",
    "in 10 s",
    "in 30 s",
    "in 45 s",
    "in einer Minute",
    "in einer Minute",
    "in 2 min",
    "in 2 min",
    "in 15 min",
  ]);
});
