import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConnectionWatch } from "./connection-watch";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a short break is not worth a word", () => {
  const onChange = vi.fn();
  const watch = new ConnectionWatch(onChange);
  watch.note(false);
  vi.advanceTimersByTime(2_000);
  watch.note(true);
  vi.advanceTimersByTime(10_000);
  expect(onChange).not.toHaveBeenCalled();
});

test("trying again and again does not put the news off", () => {
  const watch = new ConnectionWatch(() => undefined);
  for (let i = 0; i < 5; i += 1) {
    watch.note(false);
    vi.advanceTimersByTime(600);
  }
  expect(watch.lost).toBe(true);
  watch.note(true);
  expect(watch.lost).toBe(false);
});
