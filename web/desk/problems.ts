import { type ApiError, isRecord, ResponseError } from "../shared/api/errors";
import { pauseWords } from "../shared/pause-words";
import { fill } from "../shared/text";
import { texts } from "./texts.de";

/** What an agent is told when an action fails. */
export function explain(error: ApiError): string {
  if (!(error instanceof ResponseError)) {
    return texts.problem.transient;
  }
  switch (error.code) {
    case "conflict":
      return conflictWords(error);
    case "stale_epoch":
    case "not_owner":
      return texts.problem.changed;
    case "conversation_closed":
      return texts.problem.closed;
    case "text_too_long":
      return texts.problem.tooLong;
    default:
      return otherWords(error);
  }
}

/** What is said when signing in fails. */
export function explainSignIn(error: ApiError): string {
  if (error instanceof ResponseError && !error.transient) {
    return error.status === 401 || error.status === 422
      ? texts.signIn.wrong
      : fill(texts.problem.other, { code: error.code });
  }
  return error instanceof ResponseError && error.status === 429
    ? fill(texts.signIn.tooOften, { pause: pauseOf(error) })
    : texts.signIn.unreachable;
}

/** When to try again; a bridge that does not say so means a moment. */
function pauseOf(error: ResponseError): string {
  return pauseWords(texts.pause, error.waitMs / 1_000 || 60);
}

function conflictWords(error: ResponseError): string {
  const agent = error.details["agent"];
  return isRecord(agent) && typeof agent["name"] === "string"
    ? fill(texts.problem.conflict, { name: agent["name"] })
    : texts.problem.conflictUnnamed;
}

function otherWords(error: ResponseError): string {
  if (error.status === 429) {
    return fill(texts.problem.busy, { pause: pauseOf(error) });
  }
  if (error.status === 409) {
    return texts.problem.changed;
  }
  return error.transient ? texts.problem.transient : fill(texts.problem.other, { code: error.code });
}
