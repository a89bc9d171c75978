import { expect, test } from "vitest";
import { message } from "../testing/messages";
import { type Entry, hadPerson, toEntries } from "./entries";
import type { Pending } from "./message-log";

const offer = { sender: "bot", kind: "buttons", buttons: [{ title: "Ja", payload: "/affirm" }] } as const;
const pending: Pending = { clientMessageId: "own", text: "Hm", status: "sending", createdAt: "2026-11-21T10:00:00Z" };

function choosable(entries: readonly Entry[]): number[] {
  return entries.flatMap((entry) => (entry.type === "message" && entry.choosable ? [entry.message.seq] : []));
}

test("only the bot's newest offer can be chosen from", () => {
  const messages = [message(1, offer), message(2), message(3, offer), message(4, { sender: "bot" })];
  expect(choosable(toEntries(messages, [], true))).toEqual([3]);
});

test("after a newer customer message nothing can be chosen any more", () => {
  expect(choosable(toEntries([message(1, offer), message(2)], [], true))).toEqual([]);
  expect(choosable(toEntries([message(1, offer)], [pending], true))).toEqual([]);
});

test("while the bot does not own the conversation its offers rest", () => {
  expect(choosable(toEntries([message(1, offer)], [], false))).toEqual([]);
});

test("the name stands where the speaker changes", () => {
  const messages = [
    message(1, { sender: "agent", sender_name: "Frau Weber" }),
    message(2, { sender: "agent", sender_name: "Frau Weber" }),
    message(3, { sender: "agent", sender_name: "Herr Öz" }),
    message(4, { sender: "system", kind: "notice" }),
    message(5, { sender: "agent", sender_name: "Herr Öz" }),
  ];
  const named = toEntries(messages, [], false).flatMap((entry) => (entry.type === "message" ? [entry.named] : []));
  expect(named).toEqual([true, false, true, true, true]);
});

test("every day begins with its date", () => {
  const messages = [
    message(1, { created_at: "2026-11-20T12:00:00Z" }),
    message(2, { created_at: "2026-11-20T12:05:00Z" }),
    message(3, { created_at: "2026-11-21T12:00:00Z" }),
  ];
  expect(toEntries(messages, [], true).map((entry) => entry.type)).toEqual([
    "day",
    "message",
    "message",
    "day",
    "message",
  ]);
});

test("one's own message keeps its key when it is acknowledged", () => {
  const before = toEntries([], [pending], true).at(-1);
  const after = toEntries([message(1, { client_message_id: "own" })], [], true).at(-1);
  expect(after?.key).toBe(before?.key);
});

test("a person has taken part once one has joined or written", () => {
  expect(hadPerson([message(1), message(2, { sender: "bot" })])).toBe(false);
  expect(hadPerson([message(1, { sender: "agent" })])).toBe(true);
  expect(hadPerson([message(1, { sender: "system", kind: "notice", notice: { type: "human_joined" } })])).toBe(true);
});
