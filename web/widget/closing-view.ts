import { hadPerson } from "../shared/conversation/entries";
import { button, el, setText } from "../shared/dom/element";
import type { ChatSession } from "./chat-session";
import { texts } from "./texts.de";

export interface ClosingActions {
  saveTranscript: () => void;
  renew: () => void;
}

/** What stands in place of the input when nothing can be written any more: rating, transcript, a new beginning. */
export class ClosingView {
  private readonly words = el("p", { hidden: true }, texts.expired);
  private readonly comment = el("textarea", { id: "comment", rows: "2", maxlength: "1000" });
  private readonly complaint = el("p", { class: "alarm", role: "alert" });
  private readonly thanks = el("p", { class: "thanks", role: "status" });
  private readonly rating: HTMLFormElement;
  private readonly save: HTMLButtonElement;
  private readonly renew: HTMLButtonElement;
  readonly element = el("div", { class: "closing" });

  constructor(
    private readonly session: ChatSession,
    actions: ClosingActions,
  ) {
    this.rating = this.buildRating();
    this.save = button(texts.saveTranscript, actions.saveTranscript, { class: "secondary" });
    this.renew = button(texts.newConversation, actions.renew, { class: "primary" });
    this.element.append(this.words, this.rating, this.thanks, el("div", { class: "ways" }, this.save, this.renew));
  }

  update(): void {
    const { session } = this;
    const closed = session.phase === "active" && session.conversation?.state === "closed";
    const expired = session.phase === "expired";
    this.element.hidden = !(closed || expired);
    this.words.hidden = !expired;
    this.save.hidden = expired;
    const rateable = closed && session.live !== null && hadPerson(session.live.log.messages);
    this.rating.hidden = !rateable || session.rated;
    setText(this.thanks, rateable && session.rated ? texts.rating.thanks : "");
    this.thanks.hidden = this.thanks.textContent === "";
  }

  private buildRating(): HTMLFormElement {
    const scores = el("div", { class: "scores" });
    for (const [index, meaning] of texts.rating.scores.entries()) {
      const value = String(index + 1);
      scores.append(
        el(
          "label",
          {},
          el("input", { type: "radio", name: "score", value, "aria-label": `${value} – ${meaning}` }),
          el("span", { "aria-hidden": "true" }, value),
        ),
      );
    }
    const ends = el(
      "p",
      { class: "ends", "aria-hidden": "true" },
      el("span", {}, texts.rating.worst),
      el("span", {}, texts.rating.best),
    );
    const form = el(
      "form",
      { class: "rating" },
      el("fieldset", {}, el("legend", {}, texts.rating.question), scores, ends),
      el("label", { for: "comment" }, texts.rating.comment),
      this.comment,
      this.complaint,
      el("button", { type: "submit", class: "secondary" }, texts.rating.send),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const score = Number(new FormData(form).get("score"));
      setText(this.complaint, score ? "" : texts.rating.choose);
      if (score) {
        void this.session.rate(score, this.comment.value.trim());
      }
    });
    return form;
  }
}
