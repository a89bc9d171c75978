import { expect, test } from "vitest";
import { Backoff } from "./backoff";

test("waiting times double from the base up to the cap", () => {
  const backoff = new Backoff(100, 500, () => 1);
  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 400, 500]);
});

test("chance spreads a waiting time over its upper half", () => {
  expect(new Backoff(100, 500, () => 0).next()).toBe(50);
  expect(new Backoff(100, 500, () => 0.5).next()).toBe(75);
});

test("after a reset the waiting starts small again", () => {
  const backoff = new Backoff(100, 500, () => 1);
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.next()).toBe(100);
});
