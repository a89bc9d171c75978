import { TEXT_LIMIT } from "../shared/conversation/limits";
import { button, el, setAttribute, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { fill } from "../shared/text";
import type { DeskSession } from "./desk-session";
import { texts } from "./texts.de";
import { chooseFile } from "./whatsapp/file-dialog";
import { askTemplate } from "./whatsapp/template-dialog";
import { texts as words } from "./whatsapp/texts.de";
import { composerWords } from "./whatsapp/window";

/** Where the owner of a conversation writes. What is written is kept as a draft until it has left. */
export class ReplyView {
  private readonly input = el("textarea", {
    id: "reply",
    rows: "2",
    placeholder: texts.replyPlaceholder,
    "aria-describedby": "reply-keys reply-hint reply-fate",
    "data-testid": "desk-reply",
  });
  private readonly hint = el("p", { id: "reply-hint", class: "alarm", role: "status" });
  private readonly sendButton = el("button", { type: "submit", class: "primary send", "data-testid": "desk-send" });
  private readonly fate = el("p", { id: "reply-fate", role: "status", "data-testid": "desk-fate" });
  private readonly templateButton: HTMLButtonElement;
  private readonly fileButton: HTMLButtonElement;
  private readonly whatsapp: HTMLElement;
  readonly element = el("form", { class: "reply" });

  constructor(
    private readonly session: DeskSession,
    private readonly onSent: () => void,
  ) {
    this.sendButton.append(icon("send"), el("span", {}, texts.send));
    this.templateButton = button(words.composer.template, () => void askTemplate(session), {
      class: "link",
      "data-testid": "desk-templates",
    });
    this.fileButton = button(words.composer.file, () => chooseFile(session), {
      class: "link",
      "data-testid": "desk-file",
    });
    const ways = el("span", { class: "fate-ways" }, this.templateButton, this.fileButton);
    this.whatsapp = el("div", { class: "fate", hidden: true }, this.fate, ways);
    this.element.append(
      el("label", { for: "reply", class: "visually-hidden" }, texts.reply),
      el("p", { id: "reply-keys", class: "visually-hidden" }, texts.replyKeys),
      this.hint,
      this.whatsapp,
      this.input,
      this.sendButton,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      }
    });
    this.input.addEventListener("input", () => {
      this.changed();
      session.wrote(this.input.value);
    });
  }

  update(): void {
    const { session } = this;
    this.element.hidden = !(session.current && session.store.isMine(session.current));
    this.showFate();
    const draft = session.open ? session.drafts.get(session.open.id) : "";
    // Also after a refusal, which puts the text back: the draft is what counts, the field shows it.
    if (this.input.value !== draft) {
      this.input.value = draft;
      this.changed();
    }
  }

  focus(): void {
    this.input.focus();
  }

  /** On WhatsApp: what becomes of the reply, judged anew as time goes by. */
  showFate(): void {
    const customer = this.session.current?.whatsapp;
    const fate = composerWords(customer);
    this.whatsapp.hidden = !customer;
    setAttribute(this.whatsapp, "data-open", String(fate === ""));
    setText(this.fate, fate);
    this.templateButton.hidden = customer?.stopped === true;
    this.fileButton.hidden = this.templateButton.hidden;
  }

  private submit(): void {
    const { session } = this;
    const text = this.input.value.trim();
    if (text === "" || [...text].length > TEXT_LIMIT || !session.open) {
      return;
    }
    this.input.value = "";
    this.changed();
    session.reply(text);
    this.onSent();
  }

  private changed(): void {
    if (this.session.open) {
      this.session.drafts.set(this.session.open.id, this.input.value);
    }
    const excess = [...this.input.value.trim()].length - TEXT_LIMIT;
    setText(this.hint, excess > 0 ? fill(texts.tooLong, { count: excess }) : "");
    setAttribute(this.input, "aria-invalid", excess > 0 ? "true" : undefined);
  }
}
