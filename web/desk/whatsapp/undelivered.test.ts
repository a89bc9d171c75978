import { expect, test } from "vitest";
import { needsDecision } from "./undelivered";

test("somebody has to decide about what is dead, unclear or waits for the operator", () => {
  expect(needsDecision({ status: "failed" })).toBe(true);
  expect(needsDecision({ status: "indeterminate" })).toBe(true);
  expect(needsDecision({ status: "held", error: { kind: "operator", message: "" } })).toBe(true);
});

test("what waits for its customer is no task", () => {
  expect(needsDecision({ status: "held", error: { kind: "window", message: "" } })).toBe(false);
  expect(needsDecision({ status: "held", error: { kind: "window_asked", message: "" } })).toBe(false);
});
