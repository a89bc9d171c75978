import { el, setText } from "../shared/dom/element";
import { watchNetwork } from "../shared/stream/network";
import { Bell } from "./alerts";
import { DeskSession } from "./desk-session";
import { SignInView } from "./sign-in-view";
import { texts } from "./texts.de";
import { WorkspaceView } from "./workspace-view";

let updateAsked = false;
const bell = new Bell();
const session = new DeskSession(askUpdate, () => bell.ring());
const signIn = new SignInView(session);
const workspace = new WorkspaceView(session, bell);
const checking = el("p", { class: "checking", role: "status" }, texts.checking);

/** Many changes come in one go (the snapshot, a page of messages); they are drawn once. */
function askUpdate(): void {
  if (!updateAsked) {
    updateAsked = true;
    queueMicrotask(update);
  }
}

function update(): void {
  updateAsked = false;
  checking.hidden = session.access !== "checking" && session.access !== "unreachable";
  setText(checking, session.access === "unreachable" ? texts.checkingAgain : texts.checking);
  signIn.update();
  workspace.update();
}

document.body.append(checking, signIn.element, workspace.element);
watchNetwork({ onBack: (cut) => session.wake(cut), onLost: () => session.networkLost() });
void session.check();
