import { expect, test } from "vitest";
import { formatElapsed, formatShort, isNewDay } from "./dates";

const start = "2026-11-21T10:00:00Z";
const after = (seconds: number) => Date.parse(start) + seconds * 1000;

test.each([
  [7, "0:07"],
  [760, "12:40"],
  [3723, "1:02:03"],
])("%d seconds of waiting read %s", (seconds, words) => {
  expect(formatElapsed(start, after(seconds))).toBe(words);
});

test("a clock that is ahead of ours does not count backwards", () => {
  expect(formatElapsed(start, after(-30))).toBe("0:00");
});

test("today shows the time, another day its date", () => {
  expect(formatShort(start, new Date(start))).toMatch(/^\d\d:00$/);
  expect(formatShort(start, new Date("2026-11-25T10:00:00Z"))).toBe("21.11.");
});

test("the first message begins a day", () => {
  expect(isNewDay(undefined, start)).toBe(true);
  expect(isNewDay(start, start)).toBe(false);
});
