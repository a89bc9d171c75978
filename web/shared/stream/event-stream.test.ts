import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeNetwork } from "../testing/fake-stream";
import { Backoff } from "./backoff";
import { EventStream } from "./event-stream";

let network: FakeNetwork;
let stream: EventStream;
let cursor = 0;
const events: [string, unknown][] = [];
const connections: string[] = [];
const refusals: string[] = [];
const onOpen = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  cursor = 0;
  for (const list of [events, connections, refusals]) {
    list.length = 0;
  }
  onOpen.mockClear();
  network = new FakeNetwork();
  stream = new EventStream({
    url: () => `/events?after=${cursor}`,
    headers: () => ({ Authorization: "Bearer t" }),
    onEvent: (type, data) => events.push([type, data]),
    onOpen,
    onConnection: (connection) => connections.push(connection),
    onRefused: (error) => refusals.push(error.code),
    backoff: new Backoff(1_000, 8_000, () => 1),
  });
});

afterEach(() => {
  stream.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function connect(): Promise<void> {
  stream.start();
  await vi.advanceTimersByTimeAsync(0);
}

test("events arrive with their type and data, also in pieces", async () => {
  await connect();
  await network.last.write('event: message\nid: 1\ndata: {"se');
  await network.last.write('q": 1}\n\nevent: typing\ndata: {"active": true}\n\n');
  expect(events).toEqual([
    ["message", { seq: 1 }],
    ["typing", { active: true }],
  ]);
});

test("the token travels in a header and never in the address", async () => {
  await connect();
  expect(network.last.url).toBe("/events?after=0");
  expect(new Headers(network.last.init.headers).get("Authorization")).toBe("Bearer t");
});

test("a broken connection is taken up again from the cursor reached", async () => {
  await connect();
  await network.last.write('event: message\ndata: {"seq": 1}\n\n');
  cursor = 1;
  network.last.breakOff();
  await vi.advanceTimersByTimeAsync(999);
  expect(network.connections).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(network.last.url).toBe("/events?after=1");
  expect(onOpen).toHaveBeenCalledTimes(2);
});

test("a stream that the bridge ends is taken up again", async () => {
  await connect();
  await network.last.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(network.connections).toHaveLength(2);
});

test("every failed try waits longer, and a connection that held makes it short again", async () => {
  network.answers.push(new TypeError("offline"), new TypeError("offline"));
  await connect();
  await vi.advanceTimersByTimeAsync(1_000);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(network.connections).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(network.connections).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  network.last.breakOff();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(network.connections).toHaveLength(2);
});

test("forty seconds without a byte mean that the connection is dead", async () => {
  await connect();
  await vi.advanceTimersByTimeAsync(30_000);
  await network.last.write(": still here\n\n");
  await vi.advanceTimersByTimeAsync(39_999);
  expect(network.connections[0]?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(network.connections[0]?.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(network.connections).toHaveLength(2);
});

test("a refusal ends the stream and is told", async () => {
  network.answers.push(Response.json({ error: { code: "token_expired" } }, { status: 401 }));
  await connect();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(refusals).toEqual(["token_expired"]);
  expect(network.connections).toHaveLength(0);
});

test("a bridge that is restarting is tried again", async () => {
  network.answers.push(Response.json({ error: { code: "shutting_down" } }, { status: 503 }));
  await connect();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(refusals).toEqual([]);
  expect(network.connections).toHaveLength(1);
});

test("a bridge that asks to wait is not asked again before, not even when the page wakes up", async () => {
  const headers = { "Retry-After": "20" };
  network.answers.push(Response.json({ error: { code: "too_many_requests" } }, { status: 429, headers }));
  await connect();
  await vi.advanceTimersByTimeAsync(10_000);
  stream.wake(true);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(network.connections).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(network.connections).toHaveLength(1);
});

test("waking up connects at once when the connection was lost", async () => {
  network.answers.push(new TypeError("offline"));
  await connect();
  stream.wake(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(network.connections).toHaveLength(1);
});

test("after the network was cut no old connection is trusted", async () => {
  await connect();
  stream.wake(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(network.connections.map((connection) => connection.aborted)).toEqual([true, false]);
});

test("waking up leaves a living connection alone", async () => {
  await connect();
  await vi.advanceTimersByTimeAsync(10_000);
  stream.wake(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(network.connections).toHaveLength(1);
});

test("a half event is left out and does not end the stream", async () => {
  await connect();
  await network.last.write('event: message\ndata: {"seq"\n\nevent: message\ndata: {"seq": 2}\n\n');
  expect(events).toEqual([["message", { seq: 2 }]]);
});

test("after stopping nothing is tried any more", async () => {
  await connect();
  stream.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(network.connections).toHaveLength(1);
  expect(network.connections[0]?.aborted).toBe(true);
});
