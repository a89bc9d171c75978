import type { DeskApi } from "../../shared/api/desk";
import { ApiError as AnyApiError, type ApiError } from "../../shared/api/errors";
import type { Undelivered } from "../../shared/api/types";

/** Several changes in a moment are asked for once. */
const GATHER_MS = 400;

/** What has not gone and needs a decision: for all agents, as a delivery belongs to no one. */
export class UndeliveredList {
  items: readonly Undelivered[] = [];
  loaded = false;
  failed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: DeskApi,
    private readonly onChange: () => void,
    private readonly onError: (error: ApiError) => void,
  ) {}

  /** Those that nothing happens to by itself. A reply that waits for its customer is no task. */
  get undecided(): readonly Undelivered[] {
    return this.items.filter(({ delivery }) => needsDecision(delivery));
  }

  /** Something may have changed. */
  changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.load();
    }, GATHER_MS);
  }

  async load(): Promise<void> {
    try {
      this.items = await this.api.undelivered();
      this.loaded = true;
      this.failed = false;
    } catch (error) {
      if (!(error instanceof AnyApiError)) {
        throw error;
      }
      this.failed = true;
      this.onError(error);
    }
    this.onChange();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.items = [];
    this.loaded = false;
    this.failed = false;
  }
}

export function needsDecision({ status, error }: Undelivered["delivery"]): boolean {
  return status === "failed" || status === "indeterminate" || (status === "held" && error?.kind === "operator");
}
