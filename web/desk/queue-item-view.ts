import type { Agent, DeskConversation } from "../shared/api/types";
import { formatShort } from "../shared/dates";
import { el } from "../shared/dom/element";
import { fill } from "../shared/text";
import { clockSince } from "./clock";
import type { ConversationStore, LastWords } from "./conversation-store";
import { presenceMark } from "./presence-view";
import { texts } from "./texts.de";
import { channelBadge, nameOf } from "./whatsapp/customer-line";

/** One conversation in a list: who, since when, what was said last. */
export function createItem(conversation: DeskConversation, open: (id: string) => void): HTMLLIElement {
  const button = el("button", {
    type: "button",
    class: "item",
    "data-testid": "desk-queue-item",
    "data-conversation-id": conversation.id,
  });
  button.addEventListener("click", () => open(conversation.id));
  return el("li", {}, button);
}

export function updateItem(
  node: HTMLLIElement,
  conversation: DeskConversation,
  store: ConversationStore,
  me: Agent | null,
  selected: boolean,
): void {
  const button = node.firstElementChild;
  if (!button) {
    return;
  }
  const unanswered = store.isUnanswered(conversation);
  const words = preview(conversation, store.words(conversation.id), me);
  const print = JSON.stringify([conversation, words, unanswered, selected]);
  if (shown.get(node) === print) {
    return;
  }
  shown.set(node, print);
  button.classList.toggle("unanswered", unanswered);
  button.setAttribute("aria-current", String(selected));
  button.replaceChildren(
    el("span", { class: "who" }, nameOf(conversation), channelBadge(conversation), presenceMark(conversation)),
    el("span", { class: "when" }, ...moment(conversation)),
    el("span", { class: "last" }, words),
    ...marks(conversation, unanswered, me?.id),
  );
}

const shown = new WeakMap<HTMLElement, string>();

function marks(conversation: DeskConversation, unanswered: boolean, myId: string | undefined): HTMLElement[] {
  if (unanswered) {
    return [el("span", { class: "mark" }, texts.queues.unanswered)];
  }
  if (conversation.state !== "waiting" || !conversation.reserved_for) {
    return [];
  }
  const words = conversation.reserved_for === myId ? texts.queues.forMe : texts.queues.forOther;
  return [el("span", { class: "mark" }, words)];
}

function moment(conversation: DeskConversation): (Node | string)[] {
  if (conversation.state === "waiting" && conversation.waiting_since) {
    return [`${texts.queues.waitingFor} `, clockSince(conversation.waiting_since)];
  }
  const latest = conversation.last_message?.created_at ?? conversation.created_at;
  return [el("time", { datetime: latest }, formatShort(latest))];
}

function preview(conversation: DeskConversation, words: LastWords | undefined, me: Agent | null): string {
  if (!words) {
    return conversation.last_message?.text ?? texts.queues.noMessage;
  }
  if (words.sender !== "agent") {
    return texts.lastSender[words.sender] + words.text;
  }
  const name = words.name ?? texts.sender.agentUnnamed;
  return (name === me?.name ? texts.lastSender.me : fill(texts.lastSender.agent, { name })) + words.text;
}
