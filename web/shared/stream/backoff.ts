/**
 * Waiting times before the next try, in milliseconds: doubling from `baseMs` to `capMs`, each drawn at random
 * from its upper half, so that many pages cut off by one restart do not come back in the same instant.
 */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly baseMs = 500,
    private readonly capMs = 15_000,
    private readonly random: () => number = Math.random,
  ) {}

  next(): number {
    const ceiling = Math.min(this.capMs, this.baseMs * 2 ** this.failures);
    this.failures += 1;
    return ceiling / 2 + this.random() * (ceiling / 2);
  }

  reset(): void {
    this.failures = 0;
  }
}
