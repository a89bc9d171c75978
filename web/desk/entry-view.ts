import type { Message } from "../shared/api/types";
import type { Entry } from "../shared/conversation/entries";
import type { Pending } from "../shared/conversation/message-log";
import { formatDay, formatTime } from "../shared/dates";
import { button, el, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { linkedText, splitLinks } from "../shared/dom/links";
import { pauseWords } from "../shared/pause-words";
import { fill } from "../shared/text";
import { texts } from "./texts.de";
import type { Understanding } from "./understanding";

export interface EntryContext {
  customerName: string;
  myName: string;
  understanding: ReadonlyMap<string, Understanding>;
  retry: (clientMessageId: string) => void;
}

export function createEntry(entry: Entry): HTMLElement {
  return el("div", { class: "entry", "data-key": entry.key });
}

export function updateEntry(node: HTMLElement, entry: Entry, context: EntryContext): void {
  const understood = entry.type === "message" ? context.understanding.get(entry.message.id) : undefined;
  const print = JSON.stringify([entry, understood, context.customerName]);
  if (shown.get(node) === print) {
    return;
  }
  shown.set(node, print);
  if (entry.type === "day") {
    node.className = "entry day";
    setText(node, formatDay(entry.date));
  } else if (entry.type === "pending") {
    showPending(node, entry.pending, context);
  } else if (entry.message.kind === "notice") {
    showNotice(node, entry.message);
  } else {
    showMessage(node, entry, understood, context);
  }
}

const shown = new WeakMap<HTMLElement, string>();

function showNotice(node: HTMLElement, message: Message): void {
  node.className = "entry notice";
  node.title = texts.sender.system;
  node.replaceChildren(
    el("span", { class: "visually-hidden" }, `${texts.sender.system}: `),
    el("p", {}, linkedText(message.text)),
    timeOf(message.created_at),
  );
}

function showMessage(
  node: HTMLElement,
  entry: Entry & { type: "message" },
  understood: Understanding | undefined,
  context: EntryContext,
): void {
  const { message, named } = entry;
  node.className = `entry message from-${message.sender}${named ? " named" : ""}`;
  const sign = message.sender === "bot" ? icon("machine") : message.sender === "agent" ? icon("person") : null;
  const bubble = el("div", { class: "bubble" }, el("p", { class: "text" }, linkedText(message.text)));
  if (message.image) {
    bubble.append(picture(message.image));
  }
  if (message.buttons?.length) {
    const titles = message.buttons.map((offered) => offered.title).join(" · ");
    bubble.append(el("p", { class: "offered" }, fill(texts.offered, { titles })));
  }
  node.replaceChildren(
    el("p", { class: named ? "name" : "visually-hidden" }, sign, senderName(message, context)),
    bubble,
    footer(message, understood),
  );
}

function footer(message: Message, understood: Understanding | undefined): HTMLElement {
  const line = timeOf(message.created_at);
  if (understood) {
    line.append(el("span", { class: "intent", title: texts.intentTitle }, intentWords(understood)));
  }
  return line;
}

export function intentWords({ intent, confidence }: Understanding): string {
  const name = texts.intents[intent] ?? intent;
  return confidence === null ? name : fill(texts.intent, { name, percent: Math.round(confidence * 100) });
}

function showPending(node: HTMLElement, pending: Pending, context: EntryContext): void {
  node.className = `entry message from-agent ${pending.status}`;
  const state =
    pending.status === "sending"
      ? el("p", { class: "time" }, sendingWords(pending))
      : el(
          "p",
          { class: "failure" },
          `${texts.failed} `,
          button(texts.retry, () => context.retry(pending.clientMessageId), { class: "link" }),
        );
  node.replaceChildren(
    el("p", { class: "visually-hidden" }, texts.sender.me),
    el("div", { class: "bubble" }, el("p", { class: "text" }, linkedText(pending.text))),
    state,
  );
}

function sendingWords({ heldForS }: Pending): string {
  return heldForS === undefined ? texts.sending : fill(texts.held, { pause: pauseWords(texts.pause, heldForS) });
}

function picture(address: string): HTMLElement {
  const [link, ...rest] = splitLinks(address);
  return link?.href && rest.length === 0
    ? el("p", {}, el("a", { href: link.href, target: "_blank", rel: "noopener noreferrer" }, texts.image))
    : el("p", {}, address);
}

function timeOf(iso: string): HTMLElement {
  return el("p", { class: "time" }, el("time", { datetime: iso }, formatTime(iso)));
}

function senderName(message: Message, context: EntryContext): string {
  switch (message.sender) {
    case "customer":
      return context.customerName || texts.sender.customer;
    case "agent":
      return message.sender_name === context.myName
        ? texts.sender.me
        : (message.sender_name ?? texts.sender.agentUnnamed);
    default:
      return texts.sender[message.sender];
  }
}
