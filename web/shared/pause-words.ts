import { fill } from "./text";

export interface PauseTexts {
  soon: string;
  /** With `{count}`. */
  seconds: string;
  minute: string;
  /** With `{count}`. */
  minutes: string;
}

/** When something is going to be tried again, as words: rounded up, as nobody is to be disappointed by a second. */
export function pauseWords(texts: PauseTexts, seconds: number): string {
  if (seconds <= 5) {
    return texts.soon;
  }
  if (seconds <= 45) {
    return fill(texts.seconds, { count: Math.ceil(seconds / 5) * 5 });
  }
  return seconds <= 60 ? texts.minute : fill(texts.minutes, { count: Math.ceil(seconds / 60) });
}
