import { expect, test } from "vitest";
import type { Attachment } from "../../shared/api/types";
import { message } from "../../shared/testing/messages";
import { afterwardsOf, awaitsFile, linesOf, recordsOf, referredTo, unknownLines } from "./message-data";

test("what was taken back or changed later is known by the earlier message's id", () => {
  const messages = [
    message(1),
    message(2, { data: { edited: { of: "wamid.1", message_id: "m1" } } }),
    message(3, { data: { revoked: { of: "wamid.2", message_id: "m2" } } }),
    message(4, { data: { revoked: { of: "wamid.unknown" } } }),
  ];
  const { edited, revoked } = afterwardsOf(messages);
  expect([...edited]).toEqual(["m1"]);
  expect([...revoked]).toEqual(["m2"]);
});

test("parts that nobody knows yet are shown as they are", () => {
  const data = { sent_at: "2026-11-21T10:00:00Z", forwarded: true, poll: { question: "Wann?" }, mood: "gut" };
  expect(unknownLines(data)).toEqual(['poll: {"question":"Wann?"}', "mood: gut"]);
  expect(unknownLines(null)).toEqual([]);
});

test("data of another shape than expected breaks nothing", () => {
  expect(referredTo({ reply_to: "wamid" }, "reply_to")).toBeUndefined();
  expect(referredTo({ reply_to: { message_id: 7 } }, "reply_to")).toBeUndefined();
  expect(recordsOf([{ name: "Uwe" }, null, "Eva"])).toEqual([{ name: "Uwe" }]);
  expect(linesOf({ headline: "Angebot", clicks: 3 })).toEqual(["headline: Angebot", "clicks: 3"]);
});

test("a file is awaited until it is stored or will never be", () => {
  const named = message(1, { kind: "file", data: { attachment: { id: "a1", kind: "image" } } });
  const file = (status: Attachment["status"]): ReadonlyMap<string, Attachment> =>
    new Map([["a1", { id: "a1", message_id: "m1", kind: "image", status }]]);
  expect(awaitsFile(named, new Map())).toBe(true);
  expect(awaitsFile(named, file("pending"))).toBe(true);
  expect(awaitsFile(named, file("stored"))).toBe(false);
  expect(awaitsFile(named, file("gone"))).toBe(false);
  expect(awaitsFile(message(2), new Map())).toBe(false);
});
