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
}

export class NetworkError extends ApiError {
  override readonly name = "NetworkError";
  readonly transient = true;

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
    /** How long the bridge asked to wait before the next try, in seconds. */
    readonly retryAfterS: number | null,
  ) {
    super(`The bridge answered ${status} ${code}.`);
  }

  get transient(): boolean {
    return this.status === 429 || this.status === 408 || this.status >= 500;
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
  const retryAfterS = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  return new ResponseError(response.status, code, details, Number.isFinite(retryAfterS) ? retryAfterS : null);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
