import { beforeEach, expect, test } from "vitest";
import { conversation, message } from "../shared/testing/messages";
import { ConversationStore, type QueueName } from "./conversation-store";

const began: string[] = [];
let store: ConversationStore;

beforeEach(() => {
  began.length = 0;
  store = new ConversationStore(
    () => "me",
    ({ id }) => began.push(id),
  );
});

const ids = (name: QueueName) => store.queue(name).map(({ id }) => id);
const waiting = (id: string, since: string, epoch = 2) =>
  conversation(id, { state: "waiting", epoch, waiting_since: since });

test("who waits longest stands first", () => {
  store.takeSnapshot([waiting("b", "2026-11-21T10:05:00Z"), waiting("a", "2026-11-21T10:00:00Z")]);
  expect(ids("waiting")).toEqual(["a", "b"]);
});

test("conversations of people are split into mine and those of the team", () => {
  store.takeSnapshot([
    conversation("x", { state: "human", agent: { id: "me", name: "Ich" } }),
    conversation("y", { state: "human", agent: { id: "you", name: "Du" } }),
    conversation("z"),
  ]);
  expect([ids("mine"), ids("colleagues"), ids("bot")]).toEqual([["x"], ["y"], ["z"]]);
});

test("the bell rings for those who begin to wait, not for those who waited already", () => {
  store.takeSnapshot([waiting("a", "2026-11-21T10:00:00Z"), conversation("b")]);
  expect(began).toEqual([]);
  store.take(waiting("b", "2026-11-21T10:06:00Z"));
  store.take(waiting("b", "2026-11-21T10:06:00Z"));
  expect(began).toEqual(["b"]);
});

test("who began to wait while the connection was lost rings at the next snapshot", () => {
  store.takeSnapshot([]);
  store.takeSnapshot([waiting("a", "2026-11-21T10:00:00Z")]);
  expect(began).toEqual(["a"]);
});

test("what the snapshot does not name has been closed meanwhile", () => {
  store.takeSnapshot([conversation("a"), conversation("b")]);
  store.takeSnapshot([conversation("b")]);
  expect(ids("bot")).toEqual(["b"]);
});

test("an older state that comes late changes nothing", () => {
  store.takeSnapshot([conversation("a", { state: "human", epoch: 3, agent: { id: "me", name: "Ich" } })]);
  store.take(waiting("a", "2026-11-21T10:00:00Z", 2));
  expect(ids("mine")).toEqual(["a"]);
});

test("a conversation of mine waits for an answer unless the last word is ours", () => {
  store.takeSnapshot([conversation("a", { state: "human", agent: { id: "me", name: "Ich" } })]);
  expect(store.openTasks).toBe(1);
  store.takeMessage(message(2, { conversation_id: "a", sender: "agent" }));
  expect(store.openTasks).toBe(0);
  store.takeMessage(message(3, { conversation_id: "a", sender: "customer", text: "Und nun?" }));
  expect(store.openTasks).toBe(1);
});

test("a preview keeps what was said last when a notice follows", () => {
  const said = { sender: "customer", text: "Wo ist mein Paket?", created_at: "2026-11-21T10:00:00Z" } as const;
  const notice = { sender: "system", text: "Sie warten.", created_at: "2026-11-21T10:01:00Z" } as const;
  store.takeSnapshot([conversation("a", { last_seq: 4, last_message: said })]);
  store.take(conversation("a", { last_seq: 5, last_message: notice }));
  expect(store.words("a")?.text).toBe("Wo ist mein Paket?");
});

test("a preview learns from what is read later, but never goes back", () => {
  const notice = { sender: "system", text: "Sie warten.", created_at: "2026-11-21T10:01:00Z" } as const;
  store.takeSnapshot([conversation("a", { last_seq: 5, last_message: notice })]);
  expect(store.words("a")).toBeUndefined();
  const read = (seq: number, text: string) => message(seq, { conversation_id: "a", text });
  store.takeWords([read(3, "Hallo?"), read(4, "Wo ist mein Paket?")]);
  store.takeWords([read(2, "Guten Tag")]);
  expect(store.words("a")?.text).toBe("Wo ist mein Paket?");
});

test("the last words of an agent are told with the name, where it is known", () => {
  const said = { sender: "agent", text: "Gern.", created_at: "2026-11-21T10:01:00Z" } as const;
  store.takeSnapshot([conversation("a", { last_seq: 5, last_message: said })]);
  expect(store.words("a")?.name).toBeUndefined();
  store.takeWords([message(5, { conversation_id: "a", sender: "agent", sender_name: "Kim Weber", text: "Gern." })]);
  expect(store.words("a")?.name).toBe("Kim Weber");
});
