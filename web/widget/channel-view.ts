import { formatTime } from "../shared/dates";
import { button, el, setAttribute, setText } from "../shared/dom/element";
import { fill } from "../shared/text";
import type { ChatSession } from "./chat-session";
import { texts } from "./texts.de";

const words = texts.channel;

/** Going on on WhatsApp: the way there, and when the conversation has gone, the way back. */
export class ChannelView {
  private readonly open = el(
    "a",
    { class: "primary", target: "_blank", rel: "noopener noreferrer", "data-testid": "chat-whatsapp-open" },
    words.open,
  );
  private readonly bySelf = el("p", { class: "small" });
  private readonly code = el("p", { class: "code", "data-testid": "chat-whatsapp-code" });
  private readonly until = el("p", { class: "small" });
  private readonly way: HTMLElement;
  private readonly back: HTMLButtonElement;
  private readonly elsewhere: HTMLElement;
  private readonly problem = el("p", { class: "banner alarm", role: "alert" });
  readonly element = el("div", { class: "channel-ways" });

  constructor(session: ChatSession, focusInput: () => void) {
    const stay = button(words.stay, () => this.leave(session, focusInput), { class: "secondary" });
    this.way = el(
      "div",
      { class: "card", role: "group", "aria-label": words.go },
      el("p", {}, words.explain),
      el("div", { class: "ways" }, this.open, stay),
      this.bySelf,
      this.code,
      this.until,
    );
    this.back = button(words.back, () => void session.returnToWeb().then(focusInput), {
      class: "primary",
      "data-testid": "chat-back-to-web",
    });
    this.elsewhere = el(
      "div",
      { class: "card" },
      el("p", {}, words.elsewhere),
      el("div", { class: "ways" }, this.back),
    );
    this.element.append(this.problem, this.way, this.elsewhere);
  }

  update(session: ChatSession): void {
    const { conversation, channelCode, codeProblem } = session;
    const elsewhere = session.phase === "active" && isElsewhere(session);
    this.problem.hidden = codeProblem === null;
    setText(this.problem, codeProblem ? words.problem[codeProblem] : "");
    this.elsewhere.hidden = !elsewhere;
    this.back.disabled = session.busy;
    this.way.hidden = channelCode === null || elsewhere || conversation?.state === "closed";
    if (channelCode && !this.way.hidden) {
      setAttribute(this.open, "href", channelCode.url);
      setText(this.bySelf, fill(words.bySelf, { number: channelCode.display_number }));
      setText(this.code, channelCode.text);
      setText(this.until, fill(words.until, { time: formatTime(channelCode.expires_at) }));
    }
  }

  /** The way is on the screen now: whoever asked for it is led there. */
  focus(): void {
    if (!this.way.hidden) {
      this.open.focus();
    }
  }

  private leave(session: ChatSession, focusInput: () => void): void {
    session.dropChannelCode();
    focusInput();
  }
}

/** Whether the conversation goes on on another channel: writing here would be answered there. */
export function isElsewhere({ conversation }: ChatSession): boolean {
  return conversation !== null && conversation.channel !== "webchat" && conversation.state !== "closed";
}
