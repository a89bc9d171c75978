import { ApiError } from "../shared/api/errors";
import { el, setText } from "../shared/dom/element";
import type { DeskSession } from "./desk-session";
import { explainSignIn } from "./problems";
import { texts } from "./texts.de";

/** The door: e-mail and password, also in front of a desk whose session has run out. */
export class SignInView {
  private readonly email = el("input", {
    type: "email",
    id: "email",
    name: "email",
    autocomplete: "username",
    "data-testid": "desk-email",
  });
  private readonly password = el("input", {
    type: "password",
    id: "password",
    name: "password",
    autocomplete: "current-password",
    "data-testid": "desk-password",
  });
  private readonly submitButton = el(
    "button",
    { type: "submit", class: "primary", "data-testid": "desk-signin" },
    texts.signIn.submit,
  );
  private readonly expired = el("p", { class: "hint", role: "status" });
  private readonly complaint = el("p", { class: "alarm", role: "alert" });
  readonly element: HTMLElement;
  private working = false;

  constructor(private readonly session: DeskSession) {
    const form = el(
      "form",
      { class: "sign-in", novalidate: true },
      el("p", { class: "brand" }, texts.brand),
      el("h1", {}, texts.signIn.heading),
      this.expired,
      el("label", { for: "email" }, texts.signIn.email),
      this.email,
      el("label", { for: "password" }, texts.signIn.password),
      this.password,
      this.complaint,
      this.submitButton,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    this.element = el("main", { class: "door", hidden: true }, form);
  }

  update(): void {
    const { access, agent } = this.session;
    const wanted = access === "signed_out" || access === "expired";
    setText(this.expired, access === "expired" ? texts.signIn.expired : "");
    if (wanted && this.element.hidden) {
      this.element.hidden = false;
      this.email.value = agent?.email ?? this.email.value;
      (this.email.value ? this.password : this.email).focus();
    }
    this.element.hidden = !wanted;
  }

  private async submit(): Promise<void> {
    const email = this.email.value.trim();
    const password = this.password.value;
    if (!email || !password) {
      this.complain(texts.signIn.missing, email ? this.password : this.email);
      return;
    }
    if (this.working) {
      return;
    }
    this.setWorking(true);
    try {
      await this.session.signIn(email, password);
      this.password.value = "";
      setText(this.complaint, "");
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.complain(explainSignIn(error), this.password);
      this.password.select();
    } finally {
      this.setWorking(false);
    }
  }

  private complain(words: string, where: HTMLElement): void {
    setText(this.complaint, "");
    setText(this.complaint, words);
    where.focus();
  }

  private setWorking(working: boolean): void {
    this.working = working;
    this.submitButton.disabled = working;
    setText(this.submitButton, working ? texts.signIn.working : texts.signIn.submit);
  }
}
