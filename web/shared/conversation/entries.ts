import type { Message } from "../api/types";
import { isNewDay } from "../dates";
import type { Pending } from "./message-log";

/** One line of the log as it is shown. */
export type Entry =
  | { key: string; type: "day"; date: string }
  | {
      key: string;
      type: "message";
      message: Message;
      /** Whether the sender's name stands above: at each change of the speaker. */
      named: boolean;
      /** Whether its buttons can be used: only on the newest word of the bot, before anything newer was said. */
      choosable: boolean;
    }
  | { key: string; type: "pending"; pending: Pending };

/** Arranges the log. Own messages keep their key when they are acknowledged, so that their place stays. */
export function toEntries(messages: readonly Message[], pending: readonly Pending[], botOwns: boolean): Entry[] {
  const entries: Entry[] = [];
  const choosable = botOwns && pending.length === 0 ? newestOffer(messages) : undefined;
  let before: Message | undefined;
  for (const message of messages) {
    if (isNewDay(before?.created_at, message.created_at)) {
      entries.push({ key: `day-${message.seq}`, type: "day", date: message.created_at });
    }
    entries.push({
      key: message.client_message_id ?? message.id,
      type: "message",
      message,
      named: !sameSpeaker(before, message),
      choosable: message === choosable,
    });
    before = message;
  }
  for (const own of pending) {
    entries.push({ key: own.clientMessageId, type: "pending", pending: own });
  }
  return entries;
}

/** Whether a person has taken part: only then is there something to rate. */
export function hadPerson(messages: readonly Message[]): boolean {
  return messages.some((message) => message.sender === "agent" || message.notice?.type === "human_joined");
}

function newestOffer(messages: readonly Message[]): Message | undefined {
  const answered = messages.findLastIndex((message) => message.sender === "customer");
  return messages.findLast((message, index) => index > answered && message.sender === "bot" && hasButtons(message));
}

function hasButtons(message: Message): boolean {
  return (message.buttons?.length ?? 0) > 0;
}

function sameSpeaker(before: Message | undefined, message: Message): boolean {
  return (
    before !== undefined &&
    before.sender === message.sender &&
    before.sender_name === message.sender_name &&
    before.kind !== "notice" &&
    !isNewDay(before.created_at, message.created_at)
  );
}
