/** A browser storage that never throws: where it is blocked or full, values live as long as the page. */
export class SafeStorage {
  private readonly memory = new Map<string, string>();

  constructor(private readonly area: () => Storage) {}

  get(key: string): string | null {
    const kept = this.memory.get(key);
    if (kept !== undefined) {
      return kept;
    }
    try {
      return this.area().getItem(key);
    } catch {
      return null;
    }
  }

  set(key: string, value: string): void {
    try {
      this.area().setItem(key, value);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, value);
    }
  }

  remove(key: string): void {
    this.memory.delete(key);
    try {
      this.area().removeItem(key);
    } catch {
      // Blocked: then nothing of ours is in it.
    }
  }

  keys(): string[] {
    try {
      return [...new Set([...Object.keys(this.area()), ...this.memory.keys()])];
    } catch {
      return [...this.memory.keys()];
    }
  }

  /** The value read as JSON; null when there is none or it is no JSON. */
  getJson(key: string): unknown {
    try {
      return JSON.parse(this.get(key) ?? "null");
    } catch {
      return null;
    }
  }
}

export const localStore = new SafeStorage(() => window.localStorage);
export const tabStore = new SafeStorage(() => window.sessionStorage);
