import { expect, test } from "vitest";
import type { ConversationState } from "../shared/api/types";
import { conversation } from "../shared/testing/messages";
import { presenceOf } from "./presence-view";

const presences = (customer_online: boolean) =>
  (["bot", "waiting", "human", "closed"] as const satisfies readonly ConversationState[]).map((state) =>
    presenceOf(conversation("a", { state, customer_online })),
  );

test("on WhatsApp nobody can tell who has the chat open", () => {
  expect(presenceOf(conversation("a", { state: "human", channel: "whatsapp" }))).toBeNull();
});

test("presence is told only where a person is asked for or there", () => {
  expect(presences(true)).toEqual([null, "here", "here", null]);
  expect(presences(false)).toEqual([null, "away", "away", null]);
});
