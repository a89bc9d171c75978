import type { DeskConversation } from "../shared/api/types";
import { el, setText } from "../shared/dom/element";
import { KeyedList } from "../shared/dom/keyed-list";
import type { QueueName } from "./conversation-store";
import type { DeskSession } from "./desk-session";
import { createItem, updateItem } from "./queue-item-view";
import { texts } from "./texts.de";

const NAMES: readonly QueueName[] = ["waiting", "mine", "colleagues", "bot", "closed"];

/** All lists below one another, the most urgent on top, so that one look and one key walk through everything. */
export class QueuesView {
  readonly element = el("nav", { class: "queues", "aria-label": texts.queues.label });
  private readonly sections: Section[];

  constructor(
    private readonly session: DeskSession,
    open: (id: string) => void,
  ) {
    this.sections = NAMES.map((name) => new Section(name, session, open));
    this.element.append(...this.sections.map((section) => section.element));
  }

  update(): void {
    for (const section of this.sections) {
      section.update();
    }
  }

  /** Moves the focus to the item `step` places further; from outside the list, to the open conversation's item. */
  move(step: 1 | -1): void {
    const items = [...this.element.querySelectorAll<HTMLElement>("details[open] .item")];
    const here = document.activeElement instanceof HTMLElement ? items.indexOf(document.activeElement) : -1;
    const start = here >= 0 ? here + step : Math.max(0, this.openIndex(items));
    items[Math.min(items.length - 1, Math.max(0, start))]?.focus();
  }

  private openIndex(items: readonly HTMLElement[]): number {
    return items.findIndex((item) => item.dataset["conversationId"] === this.session.open?.id);
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }
}

class Section {
  private readonly count = el("span", { class: "count" });
  private readonly items = el("ul", { class: "items" });
  private readonly empty: HTMLElement;
  readonly element: HTMLDetailsElement;
  private readonly list: KeyedList<DeskConversation, HTMLLIElement>;

  constructor(
    private readonly name: QueueName,
    private readonly session: DeskSession,
    open: (id: string) => void,
  ) {
    this.empty = el("p", { class: "empty" }, texts.queues.empty[name]);
    const heading = el("h2", {}, texts.queues[name], " ", this.count);
    this.element = el(
      "details",
      { class: `queue ${name}`, open: name !== "closed", "data-queue": name },
      el("summary", {}, heading),
      this.empty,
      this.items,
    );
    this.element.addEventListener("toggle", () => {
      // What is closed is asked for when somebody wants to see it.
      if (name === "closed" && this.element.open) {
        void session.loadClosed();
      }
    });
    this.list = new KeyedList<DeskConversation, HTMLLIElement>(
      this.items,
      (conversation) => conversation.id,
      (conversation) => createItem(conversation, open),
      (node, conversation) =>
        updateItem(node, conversation, session.store, session.agent, conversation.id === session.open?.id),
    );
  }

  update(): void {
    const conversations = this.session.store.queue(this.name);
    this.list.show(conversations);
    const unknown = this.name === "closed" && !this.element.open;
    setText(this.count, unknown ? "" : String(conversations.length));
    this.element.classList.toggle("busy", this.name === "waiting" && conversations.length > 0);
    this.empty.hidden = conversations.length > 0;
    // Most desks have one person; the list of the others' conversations shows up when there are some.
    this.element.hidden = this.name === "colleagues" && conversations.length === 0;
  }
}
