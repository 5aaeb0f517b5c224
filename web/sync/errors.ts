/** The ways a request to the server fails. Whoever calls tells them apart by class; anything else thrown is a bug. */

/** The server cannot be reached, or says it cannot serve now (network, 5xx, 429). Worth trying again. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly retryAfterMs: number | undefined;
  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The house is closed for maintenance: it says so, and when it means to open again. */
export class HouseClosed extends Unreachable {
  /** Milliseconds since 1970; undefined where no end was announced. */
  readonly endsAt: number | undefined;
  constructor(endsAt: number | undefined, retryAfterMs: number | undefined) {
    super('maintenance', retryAfterMs);
    this.endsAt = endsAt;
  }
}

/** The session has ended (401): somebody must log in again. */
export class LoggedOut extends Error {
  override readonly name = 'LoggedOut';
}

/** The whole request was refused (RFC 8620 §3.6.1); `type` is its URN. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly type: string;
  constructor(type: string, detail: string) {
    super(`${type} ${detail}`);
    this.type = type;
  }
}

/** One method of a request was refused (RFC 8620 §3.6.2). */
export class MethodRefused extends Error {
  override readonly name = 'MethodRefused';
  readonly type: string;
  constructor(type: string, description: string) {
    super(`${type} ${description}`);
    this.type = type;
  }
}

/** A method that the server will take later (RFC 8620 §3.6.2 `serverUnavailable`): nothing of it is done, and reading goes on. */
export class NotNow extends MethodRefused {}
