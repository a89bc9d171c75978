import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NetworkError, ResponseError } from "../api/errors";
import { Backoff } from "../stream/backoff";
import { CatchUp } from "./catch-up";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const backoff = () => new Backoff(1_000, 8_000, () => 1);

test("asked again while it runs, it runs once more afterwards", async () => {
  let finish: () => void = () => undefined;
  const work = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
  const catchUp = new CatchUp(work, () => undefined, backoff());
  void catchUp.run();
  void catchUp.run();
  void catchUp.run();
  expect(work).toHaveBeenCalledTimes(1);
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(work).toHaveBeenCalledTimes(2);
  finish();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(work).toHaveBeenCalledTimes(2);
});

test("it tries again by itself until the bridge can be reached", async () => {
  const work = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new NetworkError(null)).mockResolvedValue();
  await new CatchUp(work, () => undefined, backoff()).run();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(work).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(work).toHaveBeenCalledTimes(2);
});

test("what the bridge asked to wait is waited, also when it is asked again meanwhile", async () => {
  const busy = new ResponseError(429, "too_many_requests", {}, 20);
  const work = vi.fn<() => Promise<void>>().mockRejectedValueOnce(busy).mockResolvedValue();
  const catchUp = new CatchUp(work, () => undefined, backoff());
  await catchUp.run();
  await vi.advanceTimersByTimeAsync(10_000);
  await catchUp.run();
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(work).toHaveBeenCalledTimes(2);
});

test("a refusal is told and not tried again", async () => {
  const refusal = new ResponseError(404, "not_found", {}, null);
  const work = vi.fn<() => Promise<void>>().mockRejectedValue(refusal);
  const onError = vi.fn();
  await new CatchUp(work, onError, backoff()).run();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onError.mock.calls).toEqual([[refusal]]);
  expect(work).toHaveBeenCalledTimes(1);
});

test("once stopped it tries no more", async () => {
  const work = vi.fn<() => Promise<void>>().mockRejectedValue(new NetworkError(null));
  const catchUp = new CatchUp(work, () => undefined, backoff());
  await catchUp.run();
  catchUp.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(work).toHaveBeenCalledTimes(1);
});
