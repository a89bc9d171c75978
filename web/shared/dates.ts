const time = new Intl.DateTimeFormat("de-DE", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("de-DE", { weekday: "long", day: "numeric", month: "long" });
const shortDay = new Intl.DateTimeFormat("de-DE", { day: "2-digit", month: "2-digit" });
const opening = new Intl.DateTimeFormat("de-DE", {
  weekday: "long",
  day: "numeric",
  month: "long",
  hour: "2-digit",
  minute: "2-digit",
});

/** "14:05" */
export function formatTime(iso: string): string {
  return time.format(new Date(iso));
}

/** "Samstag, 21. November" */
export function formatDay(iso: string): string {
  return day.format(new Date(iso));
}

/** "Montag, 23. November um 09:00" */
export function formatOpening(iso: string): string {
  return opening.format(new Date(iso));
}

/** "14:05" for today, "20.11." for other days. */
export function formatShort(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  return date.toDateString() === now.toDateString() ? time.format(date) : shortDay.format(date);
}

/** Time since `iso` as a clock: "0:07", "12:40", "1:02:03". A clock that is ahead of ours counts as zero. */
export function formatElapsed(iso: string, nowMs: number = Date.now()): string {
  const total = Math.max(0, Math.floor((nowMs - Date.parse(iso)) / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** Whether two times fall on different days where the reader is. */
export function isNewDay(before: string | undefined, after: string): boolean {
  return before === undefined || new Date(before).toDateString() !== new Date(after).toDateString();
}
