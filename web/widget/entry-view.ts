import type { Button, Message } from "../shared/api/types";
import type { Entry } from "../shared/conversation/entries";
import type { Pending } from "../shared/conversation/message-log";
import { formatDay, formatTime } from "../shared/dates";
import { button, el, setAttribute, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { linkedText, splitLinks } from "../shared/dom/links";
import { pauseWords } from "../shared/pause-words";
import { fill } from "../shared/text";
import { texts } from "./texts.de";

export interface EntryActions {
  choose: (choice: Button) => void;
  retry: (clientMessageId: string) => void;
  edit: (pending: Pending) => void;
}

/** Makes the empty shell of an entry; `updateEntry` fills it, and refills it when a sent message is acknowledged. */
export function createEntry(entry: Entry): HTMLElement {
  return el("div", { class: "entry", "data-key": entry.key });
}

export function updateEntry(node: HTMLElement, entry: Entry, actions: EntryActions): void {
  const print = JSON.stringify(entry);
  if (shown.get(node) === print) {
    return;
  }
  shown.set(node, print);
  if (entry.type === "day") {
    node.className = "entry day";
    setText(node, formatDay(entry.date));
  } else if (entry.type === "pending") {
    showPending(node, entry.pending, actions);
  } else if (entry.message.kind === "notice") {
    showNotice(node, entry.message);
  } else {
    showMessage(node, entry, actions);
  }
}

const shown = new WeakMap<HTMLElement, string>();

function showNotice(node: HTMLElement, message: Message): void {
  node.className = "entry notice";
  setAttribute(node, "data-notice", message.notice?.type ?? "");
  node.replaceChildren(
    el("span", { class: "visually-hidden" }, `${texts.sender.system}: `),
    el("p", {}, linkedText(message.text)),
    timeOf(message.created_at),
  );
}

function showMessage(node: HTMLElement, entry: Entry & { type: "message" }, actions: EntryActions): void {
  const { message, named, choosable } = entry;
  node.className = `entry message from-${message.sender}${named ? " named" : ""}`;
  const name = el("p", { class: named ? "name" : "visually-hidden" }, senderIcon(message), senderName(message));
  const bubble = el("div", { class: "bubble" }, el("p", { class: "text" }, linkedText(message.text)));
  if (message.image) {
    bubble.append(picture(message.image));
  }
  node.replaceChildren(name, bubble);
  if (message.buttons?.length) {
    node.append(choices(message.buttons, choosable, actions));
  }
  node.append(timeOf(message.created_at));
}

function showPending(node: HTMLElement, pending: Pending, actions: EntryActions): void {
  node.className = `entry message from-customer ${pending.status}`;
  node.replaceChildren(
    el("p", { class: "visually-hidden" }, texts.sender.customer),
    el("div", { class: "bubble" }, el("p", { class: "text" }, linkedText(pending.text))),
    pending.status === "sending" ? el("p", { class: "time" }, sendingWords(pending)) : failure(pending, actions),
  );
}

function sendingWords({ heldForS }: Pending): string {
  return heldForS === undefined ? texts.sending : fill(texts.held, { pause: pauseWords(texts.pause, heldForS) });
}

function failure(pending: Pending, actions: EntryActions): HTMLElement {
  const code = pending.errorCode ?? "other";
  const reason = code in texts.failed ? texts.failed[code as keyof typeof texts.failed] : texts.failed.other;
  const again =
    code === "transient" || code === "fault"
      ? button(texts.retry, () => actions.retry(pending.clientMessageId), { class: "link" })
      : button(texts.edit, () => actions.edit(pending), { class: "link" });
  return el("p", { class: "failure" }, reason, " ", again);
}

function choices(buttons: readonly Button[], choosable: boolean, actions: EntryActions): HTMLElement {
  const group = el("div", { class: "choices", role: "group", "aria-label": texts.choices });
  for (const choice of buttons) {
    group.append(button(choice.title, () => actions.choose(choice), { class: "choice", disabled: !choosable }));
  }
  return group;
}

/** A picture is offered as a link: loading it by itself would tell a foreign host about the customer. */
function picture(address: string): HTMLElement {
  const [link, ...rest] = splitLinks(address);
  return link?.href && rest.length === 0
    ? el("p", {}, el("a", { href: link.href, target: "_blank", rel: "noopener noreferrer" }, texts.image))
    : el("p", {}, address);
}

function timeOf(iso: string): HTMLElement {
  return el("p", { class: "time" }, el("time", { datetime: iso }, formatTime(iso)));
}

function senderIcon(message: Message): Node | null {
  if (message.sender === "bot") {
    return icon("machine");
  }
  return message.sender === "agent" ? icon("person") : null;
}

function senderName(message: Message): string {
  if (message.sender === "agent") {
    return message.sender_name ? fill(texts.sender.agent, { name: message.sender_name }) : texts.sender.agentUnnamed;
  }
  return texts.sender[message.sender];
}
