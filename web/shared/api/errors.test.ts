import { expect, test } from "vitest";
import { NetworkError, readError } from "./errors";

test("the contract's error body is read with its code, details and wish to wait", async () => {
  const body = { error: { code: "too_many_requests", message: "…", details: { limit: 20 } } };
  const error = await readError(Response.json(body, { status: 429, headers: { "Retry-After": "7" } }));
  expect(error).toMatchObject({ status: 429, code: "too_many_requests", details: { limit: 20 }, retryAfterS: 7 });
});

test("the wish to wait is also read from the body, which pages of other origins are shown", async () => {
  const body = { error: { code: "too_many_requests", message: "…", details: { retry_after_s: 12 } } };
  const error = await readError(Response.json(body, { status: 429 }));
  expect([error.retryAfterS, error.waitMs]).toEqual([12, 12_000]);
});

test("a wish to wait for ages, or to have waited already, is not taken at its word", async () => {
  const asking = (value: string) => readError(new Response("", { status: 503, headers: { "Retry-After": value } }));
  expect((await asking("86400")).retryAfterS).toBe(900);
  expect((await asking("-5")).retryAfterS).toBe(0);
});

test("an error page of a proxy is an error too", async () => {
  const error = await readError(new Response("<h1>Bad Gateway</h1>", { status: 502 }));
  expect(error).toMatchObject({ status: 502, code: "http_502", transient: true, retryAfterS: null });
});

test("what may pass by itself is told from what will not", async () => {
  const transient = async (status: number) => (await readError(new Response("", { status }))).transient;
  expect(new NetworkError(null).transient).toBe(true);
  expect(await transient(503)).toBe(true);
  expect(await transient(429)).toBe(true);
  expect(await transient(409)).toBe(false);
  expect(await transient(422)).toBe(false);
});
