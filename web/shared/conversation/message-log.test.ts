import { expect, test } from "vitest";
import type { DeliveryStatus } from "../api/types";
import { message } from "../testing/messages";
import { MessageLog, type Pending } from "./message-log";

const pending: Pending = {
  clientMessageId: "own",
  text: "Hallo",
  status: "sending",
  createdAt: "2026-11-21T10:00:00Z",
};

function seqs(log: MessageLog): number[] {
  return log.messages.map((entry) => entry.seq);
}

test("messages stand in the order of their seq, however they come", () => {
  const log = new MessageLog();
  log.follow([message(2), message(3)]);
  log.confirm(message(1));
  expect(seqs(log)).toEqual([1, 2, 3]);
});

test("a message that comes twice stands there once", () => {
  const log = new MessageLog();
  log.follow([message(1), message(2)]);
  log.follow([message(2), message(3)]);
  expect(seqs(log)).toEqual([1, 2, 3]);
});

test("the answer to one's own sending does not move the cursor past what is missing", () => {
  const log = new MessageLog();
  log.follow([message(1)]);
  log.confirm(message(3, { client_message_id: "own" }));
  expect(log.cursor).toBe(1);
  log.follow([message(2), message(3)]);
  expect(log.cursor).toBe(3);
});

test("the cursor never goes back", () => {
  const log = new MessageLog();
  log.follow([message(5)]);
  log.follow([message(2)]);
  expect(log.cursor).toBe(5);
});

test("an acknowledged message takes the place of the one on its way", () => {
  const log = new MessageLog();
  log.setPending(pending);
  log.follow([message(1, { client_message_id: "own" })]);
  expect(log.pending).toEqual([]);
  expect(seqs(log)).toEqual([1]);
});

test("a late failure does not bring back a message that the stream has acknowledged", () => {
  const log = new MessageLog();
  log.follow([message(1, { client_message_id: "own" })]);
  log.setPending({ ...pending, status: "failed" });
  expect(log.pending).toEqual([]);
});

test("what became of a message is kept when the message comes again without it", () => {
  const log = new MessageLog();
  log.follow([message(1, { sender: "agent" })]);
  log.setDelivery(1, { status: "read" });
  log.setDelivery(2, { status: "sent" });
  log.follow([message(1, { sender: "agent" })]);
  expect(log.messages.map(({ seq, delivery }) => [seq, delivery?.status])).toEqual([[1, "read"]]);
  log.follow([message(1, { sender: "agent", delivery: { status: "failed" } })]);
  expect(log.messages[0]?.delivery?.status).toBe("failed");
});

test("a page that was asked for earlier undoes nothing the stream has told since", () => {
  const log = new MessageLog();
  const seen = (status: DeliveryStatus) => {
    log.follow([message(1, { sender: "agent", delivery: { status } })]);
    return log.messages[0]?.delivery?.status;
  };
  expect(seen("pending")).toBe("pending");
  log.setDelivery(1, { status: "held" });
  expect(seen("pending")).toBe("held");
  log.setDelivery(1, { status: "read" });
  expect(seen("delivered")).toBe("read");
  log.setDelivery(1, { status: "failed" });
  expect(seen("sent")).toBe("sent");
  log.setDelivery(1, { status: "pending" });
  expect(seen("pending")).toBe("pending");
});
