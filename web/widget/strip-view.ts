import { button, el, setAttribute, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { pauseWords } from "../shared/pause-words";
import { fill } from "../shared/text";
import type { ChatSession } from "./chat-session";
import { texts } from "./texts.de";
import { waitingWords } from "./waiting";

/** The strip between log and input: the way to a person, the place in the queue, and what went wrong just now. */
export class StripView {
  private readonly ask: HTMLButtonElement;
  private readonly wait = el("p", { class: "wait-words", role: "status" });
  private readonly stopWaiting: HTMLButtonElement;
  private readonly waiting: HTMLElement;
  private readonly endYes: HTMLButtonElement;
  private readonly endQuestion: HTMLElement;
  private readonly connection = el("p", { class: "banner", role: "status" });
  private readonly problem = el("p", { class: "banner alarm", role: "alert" });
  private readonly unreachable: HTMLElement;
  private readonly unreachableWords = el("p");
  private readonly again: HTMLButtonElement;
  readonly element = el("div", { class: "strip" });

  constructor(session: ChatSession, focusInput: () => void) {
    this.ask = button("", () => void session.askForPerson(), { class: "quiet", "data-testid": "chat-human" });
    this.ask.append(icon("person"), texts.askForPerson);
    this.stopWaiting = button(texts.wait.stop, () => void session.stopWaiting().then(focusInput), {
      class: "secondary",
      "data-testid": "chat-cancel-wait",
    });
    this.waiting = el("div", { class: "card" }, this.wait, this.stopWaiting);
    this.endYes = button(texts.endYes, () => void this.leave(() => session.end()), { class: "primary" });
    const endNo = button(texts.endNo, () => void this.leave(async () => focusInput()), { class: "secondary" });
    const ways = el("div", { class: "ways" }, this.endYes, endNo);
    this.endQuestion = el("div", { class: "card", hidden: true }, el("p", {}, texts.endQuestion), ways);
    this.again = button(texts.startAgain, () => void session.begin(), { class: "primary" });
    this.unreachable = el("div", { class: "card", role: "alert" }, this.unreachableWords, this.again);
    this.element.append(
      this.unreachable,
      this.connection,
      this.problem,
      this.endQuestion,
      this.waiting,
      el("div", { class: "ask" }, this.ask),
    );
  }

  update(session: ChatSession): void {
    const state = session.phase === "active" ? session.conversation?.state : undefined;
    this.showUnreachable(session);
    show(this.connection, session.phase === "active" && session.live?.connection.lost === true);
    setText(this.connection, this.connection.hidden ? "" : texts.connectionLost);
    show(this.problem, session.problem !== null);
    setText(this.problem, problemWords(session));
    show(this.ask.parentElement, state === "bot");
    setAttribute(this.ask, "aria-disabled", session.busy ? "true" : undefined);
    show(this.waiting, state === "waiting");
    setText(this.wait, state === "waiting" ? waitingWords(session.conversation?.handoff).join(" ") : "");
    this.stopWaiting.disabled = session.busy;
    if (state === undefined || state === "closed") {
      this.endQuestion.hidden = true;
    }
  }

  private showUnreachable(session: ChatSession): void {
    const { beginHeldS } = session;
    show(this.unreachable, session.phase === "unreachable");
    const pause = pauseWords(texts.pause, beginHeldS);
    setText(this.unreachableWords, beginHeldS > 0 ? fill(texts.startHeld, { pause }) : texts.startFailed);
    this.again.hidden = beginHeldS > 0;
  }

  /** Asks whether the conversation shall really end. */
  askEnd(): void {
    this.endQuestion.hidden = false;
    this.endYes.focus();
  }

  /** Takes the question back; false when there was none. */
  dropQuestion(): boolean {
    const open = !this.endQuestion.hidden;
    this.endQuestion.hidden = true;
    return open;
  }

  private async leave(action: () => Promise<void>): Promise<void> {
    this.endQuestion.hidden = true;
    await action();
  }
}

function problemWords({ problem, problemWaitS }: ChatSession): string {
  return problem ? fill(texts.problem[problem], { pause: pauseWords(texts.pause, problemWaitS || 60) }) : "";
}

function show(element: HTMLElement | null, visible: boolean): void {
  if (element) {
    element.hidden = !visible;
  }
}
