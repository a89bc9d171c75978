import type { QueueInfo } from "../shared/api/types";
import { formatOpening } from "../shared/dates";
import { fill } from "../shared/text";
import { texts } from "./texts.de";

/** What a waiting customer may honestly be told, as sentences. Nothing is said that the bridge did not say. */
export function waitingWords(queue: QueueInfo | null | undefined): string[] {
  if (queue?.next_opening) {
    return [fill(texts.wait.opening, { opening: formatOpening(queue.next_opening) }), texts.wait.writeOn];
  }
  return [placeWords(queue?.queue_position), waitWords(queue), texts.wait.writeOn].filter((words) => words !== "");
}

function placeWords(position: number | null | undefined): string {
  if (!position) {
    return "";
  }
  return position === 1 ? texts.wait.next : fill(texts.wait.position, { position });
}

function waitWords(queue: QueueInfo | null | undefined): string {
  if (queue?.estimated_wait_s === null || queue?.estimated_wait_s === undefined) {
    return queue?.queue_position ? "" : texts.wait.unknown;
  }
  const count = Math.max(1, Math.round(queue.estimated_wait_s / 60));
  return count === 1 ? texts.wait.minutes.one : fill(texts.wait.minutes.many, { count });
}
