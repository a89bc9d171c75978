import type { Sender } from "../shared/api/types";
import { type Entry, toEntries } from "../shared/conversation/entries";
import { el, setText } from "../shared/dom/element";
import { KeyedList } from "../shared/dom/keyed-list";
import { StickToEnd } from "../shared/dom/scroll";
import { fill } from "../shared/text";
import type { DeskSession } from "./desk-session";
import { createEntry, type EntryContext, updateEntry } from "./entry-view";
import { texts } from "./texts.de";
import { understandings } from "./understanding";
import { nameOf } from "./whatsapp/customer-line";
import { afterwardsOf } from "./whatsapp/message-data";
import { actionsOf } from "./whatsapp/undelivered-dialog";

/** Everything said so far, the latest last. One view per open conversation. */
export class TranscriptView {
  private readonly log = el("div", {
    class: "entries",
    role: "log",
    "aria-live": "polite",
    "aria-label": texts.log,
    "data-testid": "desk-log",
  });
  private readonly state = el("p", { class: "loading", role: "status" });
  private readonly typing = el("p", { class: "typing" });
  readonly element = el(
    "div",
    { class: "transcript", tabindex: "0", role: "group", "aria-label": texts.log },
    this.state,
    this.log,
    this.typing,
  );
  private readonly end = new StickToEnd(this.element);
  private context: EntryContext | null = null;
  private readonly list = new KeyedList<Entry>(
    this.log,
    (entry) => entry.key,
    createEntry,
    (node, entry) => {
      if (this.context) {
        updateEntry(node, entry, this.context);
      }
    },
  );

  update(session: DeskSession): void {
    const { open } = session;
    if (!open) {
      return;
    }
    const messages = open.log.messages;
    this.context = {
      customerName: session.current ? nameOf(session.current) : "",
      myName: session.agent?.name ?? "",
      understanding: understandings(messages, open.handoff?.transcript ?? []),
      retry: (clientMessageId) => open.queue.retry(clientMessageId),
      content: {
        messages: new Map(messages.map((message) => [message.id, message])),
        attachments: open.attachments,
        attachmentUrl: (id) => open.attachmentUrl(id),
        afterwards: afterwardsOf(messages),
      },
      delivery: actionsOf(session),
    };
    setText(this.state, open.missing ? texts.notFound : open.loaded ? "" : texts.loading);
    this.state.hidden = this.state.textContent === "";
    this.log.setAttribute("aria-busy", String(!open.loaded));
    this.list.show(toEntries(messages, open.log.pending, false));
    const typing = typingWords(open.typing.sender, session.current?.agent?.name);
    setText(this.typing, typing);
    this.typing.hidden = typing === "";
    this.end.settle();
  }

  jumpToEnd(): void {
    this.end.jump();
  }
}

function typingWords(sender: Sender | null, owner: string | undefined): string {
  switch (sender) {
    case "customer":
    case "bot":
      return texts.typing[sender];
    case "agent":
      return fill(texts.typing.agent, { name: owner ?? texts.sender.agentUnnamed });
    default:
      return "";
  }
}
