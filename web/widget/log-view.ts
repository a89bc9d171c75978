import { type Entry, toEntries } from "../shared/conversation/entries";
import { el, setText } from "../shared/dom/element";
import { KeyedList } from "../shared/dom/keyed-list";
import { StickToEnd } from "../shared/dom/scroll";
import { fill } from "../shared/text";
import type { ChatSession } from "./chat-session";
import { createEntry, type EntryActions, updateEntry } from "./entry-view";
import { texts } from "./texts.de";

/** The messages, the newest last, and below them who is writing just now. */
export class LogView {
  private readonly log = el("div", {
    class: "entries",
    role: "log",
    "aria-live": "polite",
    "aria-label": texts.log,
    "data-testid": "chat-log",
  });
  private readonly loading = el("p", { class: "loading", hidden: true }, texts.loading);
  private readonly typing = el("p", { class: "typing", hidden: true });
  private readonly typingText = el("span");
  readonly element = el(
    "div",
    { class: "log", tabindex: "0", role: "group", "aria-label": texts.log },
    this.loading,
    this.log,
    this.typing,
  );
  private readonly end = new StickToEnd(this.element);
  private readonly list: KeyedList<Entry>;

  constructor(actions: EntryActions) {
    this.list = new KeyedList<Entry>(
      this.log,
      (entry) => entry.key,
      createEntry,
      (node, entry) => updateEntry(node, entry, actions),
    );
    this.typing.append(
      el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
      this.typingText,
    );
  }

  update(session: ChatSession): void {
    const live = session.live;
    const loaded = live === null || live.loaded || live.log.cursor > 0;
    this.loading.hidden = loaded || session.phase !== "active";
    // A whole history read aloud helps nobody: while it loads, the log is busy.
    this.log.setAttribute("aria-busy", String(!loaded));
    const botOwns = session.phase === "active" && session.conversation?.state === "bot";
    this.list.show(live ? toEntries(live.log.messages, live.log.pending, botOwns) : []);
    this.showTyping(session);
    this.end.settle();
  }

  jumpToEnd(): void {
    this.end.jump();
  }

  private showTyping(session: ChatSession): void {
    const sender = session.live?.typing.sender;
    this.typing.hidden = session.phase !== "active" || (sender !== "bot" && sender !== "agent");
    if (sender === "bot") {
      setText(this.typingText, texts.typing.bot);
    } else if (sender === "agent") {
      const name = session.conversation?.agent?.name;
      setText(this.typingText, name ? fill(texts.typing.agent, { name }) : texts.typing.agentUnnamed);
    }
  }
}
