/**
 * What can go wrong between a page and the bridge.
 *
 *     ApiError
 *     ├── NetworkError      no answer came: offline, timed out, connection cut
 *     └── ResponseError     the bridge answered with an error, or with something that is not JSON
 */
export abstract class ApiError extends Error {
  /** Whether the same request may be sent again unchanged with a fair chance of success. */
  abstract readonly transient: boolean;
  /** How long the bridge asked to wait before the next try, in milliseconds; 0 when it did not. */
  abstract readonly waitMs: number;
}

/** Nobody is made to wait longer than this by a figure gone wrong. */
const LONGEST_WAIT_S = 15 * 60;

export class NetworkError extends ApiError {
  override readonly name = "NetworkError";
  readonly transient = true;
  readonly waitMs = 0;

  constructor(cause: unknown) {
    super("The bridge could not be reached.", { cause });
  }
}

export class ResponseError extends ApiError {
  override readonly name = "ResponseError";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: Readonly<Record<string, unknown>>,
    /** What the bridge asked for with Retry-After, in seconds; null when it did not. */
    readonly retryAfterS: number | null,
  ) {
    super(`The bridge answered ${status} ${code}.`);
  }

  get transient(): boolean {
    return this.status === 429 || this.status === 408 || this.status >= 500;
  }

  get waitMs(): number {
    return this.transient ? (this.retryAfterS ?? 0) * 1_000 : 0;
  }

  /** The bridge answers, but not now: too much at once, restarting, or its database is away. */
  get askedToWait(): boolean {
    return this.status === 429 || this.status === 503;
  }

  /** The session or token is no longer good. */
  get unauthorized(): boolean {
    return this.status === 401;
  }
}

/** Reads the contract's error body; a body of another shape gets the code `http_<status>`. */
export async function readError(response: Response): Promise<ResponseError> {
  const body: unknown = await response.json().catch(() => null);
  const error = isRecord(body) && isRecord(body["error"]) ? body["error"] : {};
  const code = typeof error["code"] === "string" ? error["code"] : `http_${response.status}`;
  const details = isRecord(error["details"]) ? error["details"] : {};
  return new ResponseError(response.status, code, details, readRetryAfter(response, details));
}

/** The header, or where a page of another origin is not shown it, the same figure in the body. */
function readRetryAfter(response: Response, details: Readonly<Record<string, unknown>>): number | null {
  const told = [response.headers.get("Retry-After"), details["retry_after_s"]]
    .map((value) => Number.parseFloat(String(value)))
    .find((seconds) => Number.isFinite(seconds));
  return told === undefined ? null : Math.min(Math.max(0, told), LONGEST_WAIT_S);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
