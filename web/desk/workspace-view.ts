import { button, el, setAttribute, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { fill } from "../shared/text";
import { type Bell, showInTitle } from "./alerts";
import { tickClocks } from "./clock";
import { ConversationView } from "./conversation-view";
import type { DeskSession } from "./desk-session";
import { tell } from "./dialogs";
import { Keyboard } from "./keyboard";
import { QueuesView } from "./queues-view";
import { PHONE } from "./screen";
import { texts } from "./texts.de";
import { texts as whatsapp } from "./whatsapp/texts.de";
import { UndeliveredDialog } from "./whatsapp/undelivered-dialog";

const ADDRESS = /^#\/c\/(.+)$/;

/**
 * The desk: bar, lists, open conversation. Which one is open stands in the address, so that reloading keeps it and,
 * on a phone where lists and conversation are two screens, the back button leads to the lists.
 */
export class WorkspaceView {
  private readonly who = el("span", { class: "me" });
  private readonly sound: HTMLButtonElement;
  private readonly undelivered: UndeliveredDialog;
  private readonly undeliveredButton: HTMLButtonElement;
  private readonly connection = el("p", { class: "lost", role: "status" });
  private readonly queues: QueuesView;
  private readonly conversation: ConversationView;
  private readonly keyboard: Keyboard;
  readonly element: HTMLElement;

  constructor(
    private readonly session: DeskSession,
    private readonly bell: Bell,
  ) {
    this.sound = button("", () => this.toggleSound(), { class: "bar-button" });
    const help = button("", () => this.help(), { class: "bar-button", title: texts.help });
    help.append(el("span", { "aria-hidden": "true" }, "?"), el("span", { class: "visually-hidden" }, texts.help));
    this.undelivered = new UndeliveredDialog(session, (id) => this.go(id));
    this.undeliveredButton = button("", () => this.undelivered.show(), {
      class: "bar-button",
      hidden: true,
      "data-testid": "desk-undelivered-open",
    });
    const leave = button(texts.signOut, () => void session.signOut(), { class: "bar-button" });
    const bar = el(
      "header",
      { class: "bar" },
      el("p", { class: "brand" }, texts.brand),
      this.undeliveredButton,
      this.sound,
      help,
      this.who,
      leave,
    );
    this.queues = new QueuesView(session, (id) => this.go(id));
    this.conversation = new ConversationView(session, () => this.go(null));
    // On a phone one of the two panes is away: what makes the page a page stands around them.
    const heading = el("h1", { class: "visually-hidden" }, texts.workspace);
    const panes = el("main", { class: "panes" }, heading, this.queues.element, this.conversation.element);
    this.element = el("div", { class: "desk", hidden: true }, bar, this.connection, panes);
    this.keyboard = new Keyboard({
      move: (step) => this.queues.move(step),
      claim: () => void this.conversation.claim(),
      reply: () => this.conversation.reply.focus(),
      escape: () => this.escape(),
      help: () => this.help(),
      listHasFocus: () => this.queues.hasFocus,
    });
    window.addEventListener("hashchange", () => this.followAddress());
    setInterval(() => this.tick(), 1_000);
    this.followAddress();
  }

  update(): void {
    const { session } = this;
    this.element.hidden = session.access !== "signed_in";
    showInTitle(session.access === "signed_in" ? session.store.openTasks : 0);
    if (this.element.hidden) {
      return;
    }
    setText(this.who, session.agent?.name ?? "");
    this.showSound();
    this.connection.hidden = !session.connection.lost;
    setText(this.connection, session.connection.lost ? texts.connectionLost : "");
    setAttribute(this.element, "data-screen", session.open ? "conversation" : "list");
    this.queues.update();
    this.conversation.update();
    this.showUndelivered();
  }

  private tick(): void {
    tickClocks(this.element);
    this.conversation.tick();
  }

  /** Shown once there is something that has not gone; in colour when somebody has to decide. */
  private showUndelivered(): void {
    const { items, undecided } = this.session.whatsapp.undelivered;
    const count = undecided.length;
    this.undeliveredButton.hidden = items.length === 0;
    this.undeliveredButton.classList.toggle("alarm", count > 0);
    setText(
      this.undeliveredButton,
      count > 0 ? `${whatsapp.undelivered.button} (${count})` : whatsapp.undelivered.button,
    );
    const words = whatsapp.undelivered;
    this.undeliveredButton.title = count === 0 ? "" : count === 1 ? words.one : fill(words.count, { count });
    this.undelivered.update();
  }

  private go(id: string | null): void {
    location.hash = id ? `#/c/${encodeURIComponent(id)}` : "#/";
  }

  private followAddress(): void {
    const match = ADDRESS.exec(location.hash);
    this.session.select(match?.[1] ? decoded(match[1]) : null);
    if (match) {
      this.conversation.focus();
    }
  }

  /** From the reply box or the conversation to the lists; on a phone this leaves the conversation. */
  private escape(): void {
    if (window.matchMedia(PHONE).matches) {
      this.go(null);
    } else {
      this.queues.move(1);
    }
  }

  private showSound(): void {
    const pressed = String(this.bell.on);
    if (this.sound.getAttribute("aria-pressed") !== pressed) {
      this.sound.setAttribute("aria-pressed", pressed);
      this.sound.replaceChildren(
        icon(this.bell.on ? "bell" : "silent"),
        this.bell.on ? texts.sound.on : texts.sound.off,
      );
    }
  }

  private toggleSound(): void {
    this.bell.toggle();
    this.update();
  }

  private help(): void {
    const keys = el("dl", { class: "keys" });
    for (const [key, meaning] of texts.helpDialog.keys) {
      keys.append(el("dt", {}, el("kbd", {}, key)), el("dd", {}, meaning));
    }
    const enabled = el("input", { type: "checkbox", id: "keys-enabled", checked: this.keyboard.enabled });
    enabled.addEventListener("change", () => {
      this.keyboard.enabled = enabled.checked;
    });
    const choice = el("label", { class: "choice" }, enabled, texts.helpDialog.enabled);
    tell(texts.helpDialog.heading, [keys, choice]);
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
