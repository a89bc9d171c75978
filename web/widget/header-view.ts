import { button, el, setAttribute, setText } from "../shared/dom/element";
import { type IconName, icon } from "../shared/dom/icon";
import { fill } from "../shared/text";
import type { ChatSession } from "./chat-session";
import { texts } from "./texts.de";

export interface HeaderActions {
  minimise: () => void;
  saveTranscript: () => void;
  end: () => void;
  goToWhatsApp: () => void;
}

interface Standing {
  mark: IconName;
  owner: string;
  title: string;
  detail: string;
}

/** Says at any time who is answering: the machine, nobody yet, or a person by name. */
export class HeaderView {
  private readonly mark = el("span", { class: "mark" });
  private readonly title = el("h2", { id: "title", class: "title" });
  private readonly detail = el("p", { class: "detail" });
  private readonly status = el("div", { class: "standing", role: "status", "data-testid": "chat-status" });
  private readonly menuButton = button("", () => this.toggleMenu(), { class: "tool", "aria-expanded": "false" });
  private readonly save: HTMLButtonElement;
  private readonly whatsapp: HTMLButtonElement;
  private readonly endButton: HTMLButtonElement;
  private readonly menu: HTMLElement;
  readonly element: HTMLElement;
  private shownMark: IconName | null = null;

  constructor(actions: HeaderActions) {
    this.status.append(this.title, this.detail);
    this.menuButton.append(icon("menu"), el("span", { class: "visually-hidden" }, texts.menu));
    this.save = button(texts.saveTranscript, () => this.leaveMenu(actions.saveTranscript));
    this.endButton = button(texts.end, () => this.leaveMenu(actions.end));
    this.whatsapp = button(texts.channel.go, () => this.leaveMenu(actions.goToWhatsApp), {
      "data-testid": "chat-whatsapp",
    });
    this.menu = el("div", { class: "menu", hidden: true }, this.whatsapp, this.save, this.endButton);
    const minimise = button("", actions.minimise, { class: "tool" });
    minimise.append(icon("close"), el("span", { class: "visually-hidden" }, texts.minimise));
    // No <header>: beside the page's own it would be a second banner.
    this.element = el("div", { class: "header" }, this.mark, this.status, this.menuButton, minimise, this.menu);
  }

  update(session: ChatSession): void {
    const standing = standingOf(session);
    setText(this.title, standing.title);
    setText(this.detail, standing.detail);
    this.detail.hidden = standing.detail === "";
    setAttribute(this.element, "data-owner", standing.owner);
    if (this.shownMark !== standing.mark) {
      this.shownMark = standing.mark;
      this.mark.replaceChildren(icon(standing.mark));
    }
    const ended = session.conversation === null || session.conversation.state === "closed";
    this.menuButton.hidden = session.phase !== "active" || ended;
    this.whatsapp.hidden = !session.conversation?.continue_on?.includes("whatsapp");
    if (this.menuButton.hidden) {
      this.closeMenu();
    }
  }

  /** Closes the menu; false when there was none open. */
  closeMenu(): boolean {
    if (this.menu.hidden) {
      return false;
    }
    this.toggleMenu();
    return true;
  }

  private toggleMenu(): void {
    this.menu.hidden = !this.menu.hidden;
    this.menuButton.setAttribute("aria-expanded", String(!this.menu.hidden));
    if (this.menu.hidden) {
      this.menuButton.focus();
    } else {
      this.menu.querySelector<HTMLElement>("button:not([hidden])")?.focus();
    }
  }

  private leaveMenu(action: () => void): void {
    this.closeMenu();
    action();
  }
}

function standingOf(session: ChatSession): Standing {
  const state = session.conversation?.state;
  if (session.phase === "expired") {
    return { mark: "clock", owner: "closed", ...texts.status.expired };
  }
  if (session.phase !== "active" || state === undefined) {
    return { mark: "machine", owner: "bot", ...texts.status.starting };
  }
  switch (state) {
    case "bot":
      return { mark: "machine", owner: state, ...texts.status.bot };
    case "waiting":
      return { mark: "clock", owner: state, ...texts.status.waiting };
    case "human": {
      const name = session.conversation?.agent?.name ?? texts.status.humanUnnamed;
      return {
        mark: "person",
        owner: state,
        title: fill(texts.status.human.title, { name }),
        detail: texts.status.human.detail,
      };
    }
    case "closed":
      return { mark: "done", owner: state, ...texts.status.closed };
  }
}
