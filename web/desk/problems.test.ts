import { expect, test } from "vitest";
import { NetworkError, ResponseError } from "../shared/api/errors";
import { explain, explainSignIn } from "./problems";

const refusal = (status: number, code: string, details: Record<string, unknown> = {}) =>
  new ResponseError(status, code, details, null);

test("a lost claim says who was faster", () => {
  expect(explain(refusal(409, "conflict", { agent: { name: "Frau Weber" } }))).toMatch(/^Frau Weber war schneller/);
  expect(explain(refusal(409, "conflict"))).toMatch(/^Jemand anderes war schneller/);
});

test("every other conflict says that the conversation has changed", () => {
  expect(explain(refusal(409, "stale_epoch"))).toBe(explain(refusal(409, "illegal_transition")));
});

test("where the bridge says how long to wait, the agent is told", () => {
  expect(explain(new ResponseError(429, "too_many_requests", {}, 18))).toMatch(/in etwa 20 Sekunden/);
  expect(explainSignIn(new ResponseError(429, "too_many_requests", {}, 290))).toMatch(/in etwa 5 Minuten/);
});

test("a wrong password, too many tries and a bridge that is away are told apart", () => {
  const words = [
    explainSignIn(refusal(401, "sign_in_failed")),
    explainSignIn(refusal(429, "too_many_requests")),
    explainSignIn(new NetworkError(null)),
  ];
  expect(new Set(words).size).toBe(3);
});
