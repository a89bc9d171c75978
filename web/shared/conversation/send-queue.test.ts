import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NetworkError, ResponseError } from "../api/errors";
import type { Message } from "../api/types";
import { Backoff } from "../stream/backoff";
import { message } from "../testing/messages";
import { MessageLog, type Pending } from "./message-log";
import { SendQueue } from "./send-queue";

/** A bridge that keeps each client message id once and fails as often as it is told to. */
class FakeBridge {
  readonly tried: string[] = [];
  readonly kept: string[] = [];
  failures: Error[] = [];

  send = async (pending: Pending): Promise<Message> => {
    this.tried.push(pending.clientMessageId);
    const failure = this.failures.shift();
    if (failure) {
      throw failure;
    }
    if (!this.kept.includes(pending.clientMessageId)) {
      this.kept.push(pending.clientMessageId);
    }
    const seq = this.kept.indexOf(pending.clientMessageId) + 1;
    return message(seq, { text: pending.text, client_message_id: pending.clientMessageId });
  };
}

let bridge: FakeBridge;
let log: MessageLog;
let queue: SendQueue;
const failed: string[] = [];
const offline = () => new NetworkError(new TypeError("offline"));
const refusal = (code: string, status = 422, retryAfterS: number | null = null) =>
  new ResponseError(status, code, {}, retryAfterS);

beforeEach(() => {
  vi.useFakeTimers();
  failed.length = 0;
  bridge = new FakeBridge();
  log = new MessageLog();
  queue = new SendQueue({
    log,
    send: bridge.send,
    onChange: () => undefined,
    onFailed: (pending) => failed.push(pending.text),
    tries: 3,
    backoff: new Backoff(1_000, 8_000, () => 1),
  });
});

afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(60_000);
const texts = () => log.messages.map((entry) => entry.text);

test("a message is shown at once and replaced by the acknowledged one", async () => {
  queue.add("Hallo");
  expect(log.pending.map(({ text, status }) => [text, status])).toEqual([["Hallo", "sending"]]);
  await settle();
  expect(log.pending).toEqual([]);
  expect(texts()).toEqual(["Hallo"]);
});

test("after a network loss the same client message id is used again", async () => {
  bridge.failures = [offline(), refusal("shutting_down", 503)];
  queue.add("Hallo");
  await settle();
  expect(new Set(bridge.tried).size).toBe(1);
  expect(bridge.tried).toHaveLength(3);
  expect(bridge.kept).toHaveLength(1);
});

test("what was written first is sent first, also when it has to be tried again", async () => {
  bridge.failures = [offline()];
  queue.add("eins");
  queue.add("zwei");
  await settle();
  expect(texts()).toEqual(["eins", "zwei"]);
});

test("when the tries are used up nothing that waits behind overtakes", async () => {
  bridge.failures = [offline(), offline(), offline()];
  queue.add("eins");
  queue.add("zwei");
  await settle();
  expect(bridge.kept).toEqual([]);
  expect(log.pending.map((pending) => [pending.text, pending.status, pending.errorCode])).toEqual([
    ["eins", "failed", "transient"],
    ["zwei", "failed", "transient"],
  ]);
});

test("when the network is back everything goes out in order under its old id", async () => {
  bridge.failures = [offline(), offline(), offline()];
  const ids = [queue.add("eins").clientMessageId, queue.add("zwei").clientMessageId];
  await settle();
  queue.retry();
  await settle();
  expect(bridge.kept).toEqual(ids);
  expect(texts()).toEqual(["eins", "zwei"]);
});

test("a refused message stays as failed with the reason and lets the next one through", async () => {
  bridge.failures = [refusal("text_too_long")];
  queue.add("zu lang");
  queue.add("kurz");
  await settle();
  expect(log.pending.map((pending) => [pending.text, pending.errorCode])).toEqual([["zu lang", "text_too_long"]]);
  expect(texts()).toEqual(["kurz"]);
  expect(failed).toEqual(["zu lang"]);
});

test("the network coming back does not repeat what was refused", async () => {
  bridge.failures = [refusal("text_too_long")];
  queue.add("zu lang");
  await settle();
  queue.retry();
  await settle();
  expect(bridge.tried).toHaveLength(1);
});

test("a single message is sent again when asked for", async () => {
  bridge.failures = [offline(), offline(), offline()];
  const { clientMessageId } = queue.add("Hallo");
  await settle();
  queue.retry(clientMessageId);
  await settle();
  expect(texts()).toEqual(["Hallo"]);
});

test("the bridge's wish to wait is kept", async () => {
  bridge.failures = [refusal("too_many_requests", 429, 30)];
  queue.add("Hallo");
  await vi.advanceTimersByTimeAsync(29_999);
  expect(bridge.tried).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(bridge.tried).toHaveLength(2);
});

test("the writer is told how long a held message waits, until it is tried again", async () => {
  bridge.failures = [refusal("too_many_requests", 429, 30)];
  queue.add("Hallo");
  await vi.advanceTimersByTimeAsync(0);
  expect(log.pending.map(({ status, heldForS }) => [status, heldForS])).toEqual([["sending", 30]]);
  await settle();
  expect(texts()).toEqual(["Hallo"]);
});

test("the network coming back does not cut short what the bridge asked for", async () => {
  bridge.failures = [refusal("too_many_requests", 429, 30)];
  queue.add("Hallo");
  await vi.advanceTimersByTimeAsync(10_000);
  queue.retry();
  await vi.advanceTimersByTimeAsync(19_999);
  expect(bridge.tried).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(bridge.kept).toHaveLength(1);
});

test("however often the bridge asks to wait, the message goes out in the end, once and under its id", async () => {
  bridge.failures = [
    ...Array.from({ length: 6 }, () => refusal("store_unavailable", 503, 2)),
    refusal("too_many_requests", 429, 5),
    refusal("shutting_down", 503),
  ];
  const { clientMessageId } = queue.add("Hallo");
  await settle();
  expect(bridge.kept).toEqual([clientMessageId]);
  expect(new Set(bridge.tried).size).toBe(1);
  expect(failed).toEqual([]);
});

test("a message that the stream acknowledged meanwhile is not sent again", async () => {
  bridge.failures = [offline()];
  const { clientMessageId } = queue.add("Hallo");
  await vi.advanceTimersByTimeAsync(0);
  log.follow([message(1, { client_message_id: clientMessageId })]);
  await settle();
  expect(bridge.tried).toHaveLength(1);
});

test("messages left from before a reload are sent under their old id", async () => {
  const createdAt = "2026-11-21T10:00:00Z";
  queue.restore([{ clientMessageId: "alt", text: "Noch da?", status: "sending", createdAt, heldForS: 30 }]);
  expect(log.pending[0]).not.toHaveProperty("heldForS");
  queue.retry();
  await settle();
  expect(bridge.kept).toEqual(["alt"]);
});

test("a payload goes along with its title", async () => {
  const sent: Pending[] = [];
  const spying = new SendQueue({
    log,
    send: async (pending) => {
      sent.push(pending);
      return bridge.send(pending);
    },
    onChange: () => undefined,
  });
  spying.add("Ja, gern", "/affirm");
  await settle();
  expect(sent.map(({ text, payload }) => [text, payload])).toEqual([["Ja, gern", "/affirm"]]);
});
