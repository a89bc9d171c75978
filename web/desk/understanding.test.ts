import { expect, test } from "vitest";
import type { TranscriptTurn } from "../shared/api/types";
import { message } from "../shared/testing/messages";
import { understandings } from "./understanding";

const turn = (text: string, intent: string, confidence = 0.9): TranscriptTurn => ({
  sender: "customer",
  text,
  intent,
  confidence,
  created_at: "2026-11-21T10:00:00Z",
});

test("each turn belongs to the next customer message with its text", () => {
  const messages = [
    message(1, { text: "Ja" }),
    message(2, { sender: "bot", text: "Ja" }),
    message(3, { text: "Paket?" }),
    message(4, { text: "Ja" }),
  ];
  const found = understandings(messages, [turn("Ja", "affirm"), turn("Paket?", "track_order"), turn("Ja", "thank")]);
  expect([...found].map(([id, { intent }]) => [id, intent])).toEqual([
    ["m1", "affirm"],
    ["m3", "track_order"],
    ["m4", "thank"],
  ]);
});

test("a turn without a message does not disturb the others", () => {
  const found = understandings([message(1, { text: "Paket?" })], [turn("weg", "deny"), turn("Paket?", "track_order")]);
  expect(found.get("m1")).toEqual({ intent: "track_order", confidence: 0.9 });
  expect(found.size).toBe(1);
});
