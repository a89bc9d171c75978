import type { Conversation } from "../api/types";

/** Whether `next` may replace `current`: answers can overtake each other, and an older state must not come back. */
export function isCurrent(current: Conversation | null | undefined, next: Conversation): boolean {
  if (!current || current.id !== next.id) {
    return true;
  }
  return next.epoch > current.epoch || (next.epoch === current.epoch && next.last_seq >= current.last_seq);
}
