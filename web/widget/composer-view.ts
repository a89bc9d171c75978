import { TEXT_LIMIT, TEXT_NEARLY_FULL } from "../shared/conversation/limits";
import { el, setAttribute, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { fill } from "../shared/text";
import { chatStorage } from "./chat-storage";
import { texts } from "./texts.de";

export interface ComposerActions {
  send: (text: string) => void;
  /** The writer changed the text, or it has left as a message and the input is empty. */
  wrote: (text: string) => void;
}

/** The input. Its text is kept until it is handed on as a message, whatever happens in between. */
export class ComposerView {
  private readonly hint = el("p", { id: "hint", class: "hint", role: "status" });
  private readonly input = el("textarea", {
    id: "input",
    rows: "1",
    enterkeyhint: "send",
    autocomplete: "off",
    placeholder: texts.placeholder,
    "aria-describedby": "keys hint",
    "data-testid": "chat-input",
  });
  private readonly sendButton = el("button", { type: "submit", class: "send", "data-testid": "chat-send" });
  readonly element = el("form", { class: "composer" });
  private ready = false;
  /** Send was pressed before the conversation stood; it goes out by itself as soon as it does. */
  private sendWhenReady = false;

  constructor(private readonly actions: ComposerActions) {
    this.sendButton.append(icon("send"), el("span", { class: "visually-hidden" }, texts.send));
    this.element.append(
      this.hint,
      el("label", { for: "input", class: "visually-hidden" }, texts.input),
      el("p", { id: "keys", class: "visually-hidden" }, texts.keys),
      this.input,
      this.sendButton,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("input", () => {
      this.changed();
      this.actions.wrote(this.input.value);
    });
  }

  get draft(): string {
    return this.input.value;
  }

  set draft(text: string) {
    this.input.value = text;
    this.changed();
  }

  setReady(ready: boolean): void {
    this.ready = ready;
    if (ready && this.sendWhenReady) {
      this.submit();
    }
  }

  focus(): void {
    this.input.focus();
  }

  private onKey(event: KeyboardEvent): void {
    // Enter also ends the composing of a character, for example in Japanese: that one is not for us.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    }
  }

  private submit(): void {
    const text = this.input.value.trim();
    this.sendWhenReady = text !== "" && !this.ready;
    if (text === "" || !this.ready || charactersIn(text) > TEXT_LIMIT) {
      this.input.focus();
      return;
    }
    this.draft = "";
    this.actions.send(text);
    this.actions.wrote("");
    this.input.focus();
  }

  private changed(): void {
    chatStorage.keepDraft(this.input.value);
    const count = charactersIn(this.input.value.trim());
    const tooLong = count > TEXT_LIMIT;
    setAttribute(this.input, "aria-invalid", tooLong ? "true" : undefined);
    setText(this.hint, hintFor(count));
    this.hint.classList.toggle("alarm", tooLong);
  }
}

function hintFor(count: number): string {
  if (count > TEXT_LIMIT) {
    return fill(texts.tooLong, { count: count - TEXT_LIMIT });
  }
  return count > TEXT_NEARLY_FULL ? fill(texts.charactersLeft, { count: TEXT_LIMIT - count }) : "";
}

/** The bridge counts characters, not UTF-16 units: an emoji is one. */
function charactersIn(text: string): number {
  return [...text].length;
}
