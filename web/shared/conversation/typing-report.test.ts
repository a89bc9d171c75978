import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NetworkError, ResponseError } from "../api/errors";
import { TypingReport } from "./typing-report";

const told: boolean[] = [];
let failure: Error | null;
let report: TypingReport;

beforeEach(() => {
  vi.useFakeTimers();
  told.length = 0;
  failure = null;
  report = new TypingReport(async (active) => {
    told.push(active);
    if (failure) {
      throw failure;
    }
  });
});

afterEach(() => void vi.useRealTimers());

async function type(seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 10; step += 1) {
    report.changed("Guten Tag");
    await vi.advanceTimersByTimeAsync(100);
  }
}

test("while somebody types it is told at most every four seconds", async () => {
  await type(12);
  expect(told).toEqual([true, true, true]);
});

test("who only thinks is not said to type", async () => {
  report.changed("Guten Tag");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([true]);
});

test("an emptied field is told at once, and once", async () => {
  await type(1);
  report.changed(" ");
  report.changed("");
  expect(told).toEqual([true, false]);
});

test("an empty field that never held anything tells nothing", () => {
  report.changed("");
  report.ended();
  expect(told).toEqual([]);
});

test("sending short messages in a row does not make it talk more often", async () => {
  for (let sent = 0; sent < 8; sent += 1) {
    report.changed("Ja");
    report.ended();
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(told).toEqual([true, false]);
});

test("a bridge that cannot be reached is no trouble", async () => {
  failure = new NetworkError(null);
  await type(5);
  expect(told).toEqual([true, true]);
});

test("a bridge that asks to wait is left alone for that long", async () => {
  failure = new ResponseError(429, "too_many_requests", {}, 9);
  await type(8.9);
  expect(told).toEqual([true]);
  await type(1);
  expect(told).toEqual([true, true]);
});
