import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CustomerApi } from "../shared/api/customer";
import type { ConversationState, Message } from "../shared/api/types";
import { FakeConnection } from "../shared/testing/fake-stream";
import { conversation, message } from "../shared/testing/messages";
import { LiveConversation } from "./live-conversation";

/** A bridge in memory with one conversation; it can be away, and refuse. */
class FakeBridge {
  readonly log: Message[] = [message(1, { sender: "system", kind: "notice" })];
  readonly streams: FakeConnection[] = [];
  state: ConversationState = "bot";
  epoch = 1;
  away = false;
  refusal: string | null = null;
  /** What the customer's page told about its writing. */
  readonly signs: boolean[] = [];

  constructor() {
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.answer(url, init));
  }

  get view() {
    return conversation("c1", { state: this.state, epoch: this.epoch, last_seq: this.log.length });
  }

  add(values: Partial<Message>): Message {
    const added = message(this.log.length + 1, values);
    this.log.push(added);
    return added;
  }

  async tell(type: string, data: unknown): Promise<void> {
    await this.streams.at(-1)?.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private async answer(url: string, init: RequestInit): Promise<Response> {
    if (this.away) {
      throw new TypeError("connection refused");
    }
    if (this.refusal) {
      return Response.json({ error: { code: this.refusal } }, { status: 401 });
    }
    if (url.includes("/events")) {
      const stream = new FakeConnection(url, init);
      this.streams.push(stream);
      return stream.response;
    }
    if (url.endsWith("/typing")) {
      this.signs.push((JSON.parse(String(init.body)) as { active: boolean }).active);
      return new Response(null, { status: 204 });
    }
    return init.method === "POST" ? this.receive(String(init.body)) : this.page(url);
  }

  private page(url: string): Response {
    const after = Number(new URL(url).searchParams.get("after"));
    return Response.json({ messages: this.log.slice(after), conversation: this.view });
  }

  private receive(body: string): Response {
    const { client_message_id, text } = JSON.parse(body) as { client_message_id: string; text: string };
    const known = this.log.find((kept) => kept.client_message_id === client_message_id);
    return Response.json({ message: known ?? this.add({ client_message_id, text }) }, { status: 202 });
  }
}

let bridge: FakeBridge;
let live: LiveConversation;
const onExpired = vi.fn();
const incoming: string[] = [];

beforeEach(async () => {
  vi.useFakeTimers();
  onExpired.mockClear();
  incoming.length = 0;
  bridge = new FakeBridge();
  live = new LiveConversation("c1", new CustomerApi("http://bridge", "c1", "token"), {
    onChange: () => undefined,
    onExpired,
    onIncoming: ({ text }) => incoming.push(text),
  });
  live.start();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const texts = () => live.log.messages.map(({ text }) => text);

test("what could not be sent while the bridge was away goes out once when it is back", async () => {
  bridge.away = true;
  bridge.streams[0]?.breakOff();
  live.queue.add("Noch da?");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(live.log.pending.map(({ status }) => status)).toEqual(["failed"]);
  expect(live.connection.lost).toBe(true);
  bridge.away = false;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(live.log.pending).toEqual([]);
  expect(bridge.log.filter(({ text }) => text === "Noch da?")).toHaveLength(1);
  expect(live.connection.lost).toBe(false);
});

test("what was said while the connection was lost is there after it, once and in order", async () => {
  bridge.streams[0]?.breakOff();
  const missed = bridge.add({ sender: "bot", text: "Verpasst" });
  await vi.advanceTimersByTimeAsync(15_000);
  await bridge.tell("message", missed);
  await bridge.tell("message", bridge.add({ sender: "bot", text: "Neu" }));
  expect(texts()).toEqual(["Text 1", "Verpasst", "Neu"]);
});

test("a new connection resumes after the last message", async () => {
  await bridge.tell("message", bridge.add({ sender: "bot" }));
  bridge.streams[0]?.breakOff();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(bridge.streams.at(-1)?.url).toMatch(/after=2$/);
});

test("only what others say after loading counts as incoming", async () => {
  await bridge.tell("message", bridge.add({ sender: "customer", text: "Aus dem anderen Fenster" }));
  await bridge.tell("message", bridge.add({ sender: "agent", text: "Guten Tag" }));
  expect(incoming).toEqual(["Guten Tag"]);
});

test("the typing sign ends with the answer, with a change of owner, and by itself", async () => {
  await bridge.tell("typing", { sender: "bot", active: true });
  expect(live.typing.sender).toBe("bot");
  await bridge.tell("message", bridge.add({ sender: "bot" }));
  expect(live.typing.sender).toBeNull();

  await bridge.tell("typing", { sender: "bot", active: true });
  bridge.state = "waiting";
  bridge.epoch = 2;
  await bridge.tell("conversation", bridge.view);
  expect(live.typing.sender).toBeNull();

  await bridge.tell("typing", { sender: "agent", active: true });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(live.typing.sender).toBeNull();
});

test("an agent's sign ends with the agent's message, not with a notice, and with the agent's leaving", async () => {
  bridge.state = "human";
  await bridge.tell("conversation", bridge.view);
  await bridge.tell("typing", { sender: "agent", active: true });
  await bridge.tell("message", bridge.add({ sender: "system", kind: "notice" }));
  expect(live.typing.sender).toBe("agent");
  await bridge.tell("message", bridge.add({ sender: "agent" }));
  expect(live.typing.sender).toBeNull();

  await bridge.tell("typing", { sender: "agent", active: true });
  bridge.state = "waiting";
  await bridge.tell("conversation", bridge.view);
  expect(live.typing.sender).toBeNull();
});

test("only a person is told that the customer is writing", async () => {
  live.wrote("Gut");
  bridge.state = "human";
  await bridge.tell("conversation", bridge.view);
  expect(bridge.signs).toEqual([]);
  live.wrote("Guten");
  live.wrote("Guten Tag");
  live.wrote("");
  await vi.advanceTimersByTimeAsync(0);
  expect(bridge.signs).toEqual([true, false]);
});

test("an expired token is told and nothing more is tried", async () => {
  bridge.refusal = "token_expired";
  bridge.streams[0]?.breakOff();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onExpired).toHaveBeenCalledTimes(1);
  expect(bridge.streams).toHaveLength(1);
});

test("after closing no connection is kept", async () => {
  const notice = bridge.add({ sender: "system", kind: "notice", notice: { type: "closed" } });
  bridge.state = "closed";
  bridge.epoch = 2;
  await bridge.tell("message", notice);
  await bridge.tell("conversation", bridge.view);
  expect(bridge.streams[0]?.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(bridge.streams).toHaveLength(1);
});
