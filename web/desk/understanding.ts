import type { Message, TranscriptTurn } from "../shared/api/types";

export interface Understanding {
  intent: string;
  confidence: number | null;
}

/**
 * Finds, for each customer message, how the bot understood it. The handoff's transcript numbers nothing, so both are
 * walked through side by side: a turn belongs to the next customer message with the same text.
 *
 * Returns message id → understanding.
 */
export function understandings(
  messages: readonly Message[],
  transcript: readonly TranscriptTurn[],
): Map<string, Understanding> {
  const found = new Map<string, Understanding>();
  const said = messages.filter((message) => message.sender === "customer");
  let from = 0;
  for (const turn of transcript) {
    if (turn.sender !== "customer") {
      continue;
    }
    const place = said.findIndex((message, index) => index >= from && message.text === turn.text);
    const message = said[place];
    if (message) {
      from = place + 1;
      if (turn.intent) {
        found.set(message.id, { intent: turn.intent, confidence: turn.confidence ?? null });
      }
    }
  }
  return found;
}
