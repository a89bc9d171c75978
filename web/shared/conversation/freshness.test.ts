import { expect, test } from "vitest";
import { conversation } from "../testing/messages";
import { isCurrent } from "./freshness";

test("an older epoch never replaces a newer one", () => {
  expect(isCurrent(conversation("a", { epoch: 3 }), conversation("a", { epoch: 2, last_seq: 99 }))).toBe(false);
  expect(isCurrent(conversation("a", { epoch: 2 }), conversation("a", { epoch: 3 }))).toBe(true);
});

test("within one epoch the longer log is the newer one, and the same length may bring a new place in the queue", () => {
  const known = conversation("a", { epoch: 2, last_seq: 5 });
  expect(isCurrent(known, conversation("a", { epoch: 2, last_seq: 4 }))).toBe(false);
  expect(isCurrent(known, conversation("a", { epoch: 2, last_seq: 5 }))).toBe(true);
});

test("another conversation is no older version of this one", () => {
  expect(isCurrent(conversation("a", { epoch: 9 }), conversation("b", { epoch: 1 }))).toBe(true);
});
