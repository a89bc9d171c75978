import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TypingSigns } from "./typing-signs";

const onChange = vi.fn();
let signs: TypingSigns;

beforeEach(() => {
  vi.useFakeTimers();
  onChange.mockClear();
  signs = new TypingSigns(onChange);
});

afterEach(() => void vi.useRealTimers());

test("a person's sign goes after ten seconds without renewal", () => {
  signs.show("agent", true);
  vi.advanceTimersByTime(9_999);
  expect(signs.sender).toBe("agent");
  vi.advanceTimersByTime(1);
  expect(signs.sender).toBeNull();
  expect(onChange).toHaveBeenCalledTimes(2);
});

test("a renewed sign stays, without being drawn again", () => {
  signs.show("customer", true);
  vi.advanceTimersByTime(6_000);
  signs.show("customer", true);
  vi.advanceTimersByTime(6_000);
  expect(signs.sender).toBe("customer");
  expect(onChange).toHaveBeenCalledTimes(1);
});

test("the bot's sign, told once per turn, lasts as long as a turn may", () => {
  signs.show("bot", true);
  vi.advanceTimersByTime(59_999);
  expect(signs.sender).toBe("bot");
  vi.advanceTimersByTime(1);
  expect(signs.sender).toBeNull();
});

test("what one sender says ends that sender's sign only", () => {
  signs.show("customer", true);
  signs.show("agent", true);
  signs.end("customer");
  expect(signs.sender).toBe("agent");
  signs.show("agent", false);
  expect(signs.sender).toBeNull();
});
