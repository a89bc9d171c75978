import type { DeskConversation } from "../shared/api/types";
import { button, el, setAttribute, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { fill } from "../shared/text";
import { clockSince } from "./clock";
import type { DeskSession } from "./desk-session";
import { askClose, askReturn, askTransfer } from "./dialogs";
import { HandoffView } from "./handoff-view";
import { PresenceView } from "./presence-view";
import { ReplyView } from "./reply-view";
import { texts } from "./texts.de";
import { TranscriptView } from "./transcript-view";
import { CustomerLine, nameOf } from "./whatsapp/customer-line";

/** The open conversation: who owns it, what was said, why it was handed over, and what the agent can do now. */
export class ConversationView {
  private readonly heading = el("h2", { class: "guest", tabindex: "-1" });
  private readonly standing = el("p", { class: "standing", role: "status" });
  private readonly presence = new PresenceView();
  private readonly customerLine = new CustomerLine();
  private readonly tools = el("div", { class: "tools" });
  private readonly claimBar = el("div", { class: "claim-bar" });
  private readonly claimHint = el("p");
  private readonly claimButton: HTMLButtonElement;
  private readonly problem = el("p", { class: "problem-words", role: "alert" });
  private readonly problemBar: HTMLElement;
  private readonly handoff = new HandoffView();
  private readonly placeholder = el(
    "div",
    { class: "nothing" },
    el("p", {}, texts.nothingOpen),
    el("p", { class: "hint" }, texts.nothingOpenHint),
  );
  private readonly body = el("div", { class: "open" });
  private readonly middle: HTMLElement;
  private transcript = new TranscriptView();
  readonly reply: ReplyView;
  readonly element = el("section", { class: "conversation", "aria-label": texts.conversation });
  private shownId: string | null = null;
  private standingPrint = "";

  constructor(
    private readonly session: DeskSession,
    back: () => void,
  ) {
    this.claimButton = button(texts.claim, () => void this.claim(), { class: "primary", "data-testid": "desk-claim" });
    this.claimBar.append(this.claimHint, this.claimButton);
    const dismiss = button("", () => session.dismissProblem(), { class: "tool" });
    dismiss.append(icon("close"), el("span", { class: "visually-hidden" }, texts.dismiss));
    this.problemBar = el("div", { class: "problem" }, this.problem, dismiss);
    this.reply = new ReplyView(session, () => this.transcript.jumpToEnd());
    this.addTools();
    const goBack = button("", back, { class: "tool back" });
    goBack.append(icon("back"), el("span", { class: "visually-hidden" }, texts.back));
    const lines = el("div", { class: "lines" }, this.standing, this.presence.element);
    const title = el("div", { class: "title" }, this.heading, lines, this.customerLine.element);
    this.middle = el("div", { class: "middle" }, this.handoff.element, this.transcript.element);
    this.body.append(
      el("header", { class: "conversation-bar" }, goBack, title, this.tools),
      this.problemBar,
      this.middle,
      this.claimBar,
      this.reply.element,
    );
    this.element.append(this.placeholder, this.body);
  }

  update(): void {
    const { open, current, problem } = this.session;
    this.placeholder.hidden = open !== null;
    this.body.hidden = open === null;
    if ((open?.id ?? null) !== this.shownId) {
      this.showAnother(open?.id ?? null);
    }
    setText(this.heading, current ? nameOf(current) : "…");
    this.showStanding(current);
    this.presence.update(current);
    this.customerLine.update(current);
    this.problemBar.hidden = problem === null;
    setText(this.problem, problem ?? "");
    this.showClaim(current);
    this.handoff.update(open?.handoff ?? null, current);
    this.transcript.update(this.session);
    this.reply.update();
  }

  /** Time goes by: how long agents may still write freely on WhatsApp. */
  tick(): void {
    this.customerLine.update(this.session.current);
    this.reply.showFate();
  }

  /** Takes the conversation over, where that is possible. */
  async claim(): Promise<void> {
    if (!this.claimBar.hidden && !this.claimButton.hidden && (await this.session.claim())) {
      this.reply.update();
      this.reply.focus();
    }
  }

  focus(): void {
    this.heading.focus();
  }

  private showAnother(id: string | null): void {
    this.shownId = id;
    const fresh = new TranscriptView();
    this.transcript.element.replaceWith(fresh.element);
    this.transcript = fresh;
  }

  private showStanding(current: DeskConversation | undefined): void {
    const mine = current !== undefined && this.session.store.isMine(current);
    const print = JSON.stringify([current?.state, current?.agent, current?.waiting_since, mine]);
    setAttribute(this.body, "data-state", current?.state ?? "");
    for (const tool of this.tools.querySelectorAll("button")) {
      tool.hidden = !mine;
      tool.disabled = this.session.busy;
    }
    if (print === this.standingPrint) {
      return;
    }
    this.standingPrint = print;
    this.standing.replaceChildren(...(current ? standingWords(current, mine) : []));
  }

  private showClaim(current: DeskConversation | undefined): void {
    const mine = current !== undefined && this.session.store.isMine(current);
    this.claimBar.hidden = current === undefined || mine;
    if (current) {
      setText(
        this.claimHint,
        fill(texts.claimHint[current.state], { name: current.agent?.name ?? texts.sender.agentUnnamed }),
      );
      this.claimButton.hidden = current.state !== "waiting" && current.state !== "bot";
    }
    this.claimButton.disabled = this.session.busy;
  }

  private addTools(): void {
    const { session } = this;
    this.tools.append(
      button(texts.returnToBot, () => askReturn(session), { class: "secondary", "data-testid": "desk-return" }),
      button(texts.transfer, () => void askTransfer(session), { class: "secondary", "data-testid": "desk-transfer" }),
      button(texts.close, () => askClose(session), { class: "secondary", "data-testid": "desk-close" }),
    );
  }
}

function standingWords(current: DeskConversation, mine: boolean): (Node | string)[] {
  switch (current.state) {
    case "waiting":
      return current.waiting_since
        ? [`${texts.standing.waiting}, `, clockSince(current.waiting_since)]
        : [texts.standing.waiting];
    case "human":
      return [
        mine
          ? texts.standing.mine
          : fill(texts.standing.human, { name: current.agent?.name ?? texts.sender.agentUnnamed }),
      ];
    default:
      return [texts.standing[current.state]];
  }
}
