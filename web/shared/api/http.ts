import { NetworkError, ResponseError, readError } from "./errors";

/** After this long without an answer a request counts as lost; every write here is safe to repeat. */
const REQUEST_TIMEOUT_MS = 20_000;

export interface RequestOptions {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  /** For large bodies, which take longer than words. */
  timeoutMs?: number;
}

/**
 * Sends one request and returns the successful response.
 *
 * @throws NetworkError when no answer came, ResponseError when the answer is an error.
 */
export async function request(url: string, options: RequestOptions = {}): Promise<Response> {
  const { method = "GET", body, headers = {}, timeoutMs = REQUEST_TIMEOUT_MS } = options;
  const isForm = body instanceof FormData;
  const init: RequestInit = {
    method,
    // The browser names a form's type itself, with the line that parts the fields.
    headers: body === undefined || isForm ? headers : { ...headers, "Content-Type": "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(timeoutMs),
  };
  if (body !== undefined) {
    init.body = isForm ? body : JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    throw new NetworkError(cause);
  }
  if (!response.ok) {
    throw await readError(response);
  }
  return response;
}

/** As `request`, and reads the answer's JSON body (or nothing, for 204). */
export async function requestJson<T>(url: string, options: RequestOptions = {}): Promise<T> {
  const response = await request(url, options);
  if (response.status === 204) {
    return undefined as T;
  }
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw new NetworkError(cause);
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ResponseError(502, "unreadable_answer", {}, null);
  }
}
