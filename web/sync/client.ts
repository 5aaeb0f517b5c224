/**
 * Speaks JMAP over HTTP (RFC 8620 §3). Requests made in the same turn of the event loop leave in one POST; the names of
 * calls and their back-references are kept apart. It never retries by itself: who calls knows what may be repeated.
 */
import { HouseClosed, LoggedOut, MethodRefused, NotNow, RequestRefused, Unreachable } from './errors.ts';
import { readSession } from './session.ts';
import type { Session } from './session.ts';
import { isObject, object, text, textOr } from './shape.ts';
import type { Json, JsonObject } from './shape.ts';

/** `[method, arguments, name]`; `#argument` holds a back-reference to a call of the same request by its name. */
export type Call = readonly [method: string, args: JsonObject, name: string];

/** The answers of one request. `of` throws MethodRefused where the method failed. */
export interface Answers {
  of(name: string): Readonly<Record<string, unknown>>;
}

export interface Client {
  /** Fetches the session object anew. @throws {LoggedOut} {Unreachable} */
  openSession(): Promise<Session>;
  session(): Session | undefined;
  /** @throws {LoggedOut} {Unreachable} {RequestRefused} */
  request(calls: readonly Call[]): Promise<Answers>;
  /** Keeps back what is asked from now on. */
  hold(): void;
  /** Lets requests go again. Those kept back are sent; where the session has ended they are refused with LoggedOut. */
  release(hasEnded: boolean): void;
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

interface Waiting {
  readonly calls: readonly Call[];
  resolve(answers: Answers): void;
  reject(error: unknown): void;
}

const sessionPath = '/.well-known/jmap';
const wanted = [
  'urn:ietf:params:jmap:core',
  'urn:ietf:params:jmap:mail',
  'urn:ietf:params:jmap:submission',
  'urn:ietf:params:jmap:quota',
  'urn:pli:params:jmap:mail',
  'urn:pli:params:jmap:directory',
  'urn:pli:params:jmap:access',
  'urn:pli:params:jmap:import',
  'urn:pli:params:jmap:console',
  'urn:pli:params:jmap:shared',
  'urn:pli:params:jmap:announcements',
];

/** A request that has no answer after this long is taken for lost: a phone changed networks. */
const requestTimeoutMs = 30_000;

/** A house that is closed is asked again this often: it may open before its time. */
const closedMs = 10_000;

/** @param onSession called with each session object fetched. */
export function createClient(fetch: Fetch, onSession?: (session: Session) => void): Client {
  let session: Session | undefined;
  let waiting: Waiting[] = [];
  let isHeld = false;

  async function openSession(): Promise<Session> {
    const response = await fetchOrThrow(fetch, sessionPath, { headers: { accept: 'application/json' } });
    session = readSession(await response.json());
    onSession?.(session);
    return session;
  }

  function request(calls: readonly Call[]): Promise<Answers> {
    return new Promise((resolve, reject) => {
      waiting.push({ calls, resolve, reject });
      if (waiting.length === 1) queueMicrotask(flush);
    });
  }

  function flush(): void {
    if (isHeld || waiting.length === 0) return;
    const groups = waiting;
    waiting = [];
    const roof = session?.limits.maxCallsInRequest ?? 16;
    let batch: Waiting[] = [];
    let size = 0;
    for (const group of groups) {
      if (size > 0 && size + group.calls.length > roof) {
        void post(batch);
        batch = [];
        size = 0;
      }
      batch.push(group);
      size += group.calls.length;
    }
    void post(batch);
  }

  async function post(groups: readonly Waiting[]): Promise<void> {
    try {
      const { apiUrl, capabilities } = session ?? (await openSession());
      const body = {
        using: wanted.filter((urn) => capabilities.includes(urn)),
        methodCalls: groups.flatMap((group, index) => group.calls.map((call) => named(call, index))),
      };
      const response = await fetchOrThrow(fetch, apiUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', 'x-pli-client': 'web' },
        body: JSON.stringify(body),
      });
      const answer = object(await response.json());
      const answers = readAnswers(answer['methodResponses']);
      groups.forEach((group, index) => group.resolve(answersOf(answers, index)));
      // RFC 8620 §3.4: another session state means that accounts or limits have changed.
      if (textOr(answer['sessionState'], session?.state) !== session?.state) void openSession().catch(() => undefined);
    } catch (error) {
      for (const group of groups) group.reject(error);
    }
  }

  function hold(): void {
    isHeld = true;
  }

  function release(hasEnded: boolean): void {
    isHeld = false;
    if (!hasEnded) return flush();
    const groups = waiting;
    waiting = [];
    for (const group of groups) group.reject(new LoggedOut('left'));
  }

  return { openSession, request, session: () => session, hold, release };
}

/** Prefixes a call's name, and the names its back-references use, with its group's number. */
function named([method, args, name]: Call, group: number): readonly [string, JsonObject, string] {
  const renamed: Record<string, Json | undefined> = {};
  for (const [key, value] of Object.entries(args)) {
    const isReference = key.startsWith('#') && isObject(value);
    renamed[key] = isReference ? { ...value, resultOf: `${group}.${textOr(value['resultOf'], '')}` } : value;
  }
  return [method, renamed, `${group}.${name}`];
}

function readAnswers(value: unknown): ReadonlyMap<string, readonly [string, Readonly<Record<string, unknown>>]> {
  const answers = new Map<string, readonly [string, Readonly<Record<string, unknown>>]>();
  if (!Array.isArray(value)) throw new RequestRefused('notJmap', 'no methodResponses');
  for (const item of value) {
    if (!Array.isArray(item)) continue;
    const name = text(item[2]);
    // A set with onSuccess… answers twice under one name (RFC 8621 §7.5); the first is the one asked for.
    if (!answers.has(name)) answers.set(name, [text(item[0]), object(item[1])]);
  }
  return answers;
}

function answersOf(answers: ReturnType<typeof readAnswers>, group: number): Answers {
  return {
    of(name) {
      const answer = answers.get(`${group}.${name}`);
      if (!answer) throw new MethodRefused('serverFail', `no answer to ${name}`);
      const [method, args] = answer;
      if (method === 'error') {
        const type = textOr(args['type'], 'serverFail');
        const description = textOr(args['description'], '');
        throw type === 'serverUnavailable' ? new NotNow(type, description) : new MethodRefused(type, description);
      }
      return args;
    },
  };
}

async function fetchOrThrow(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : 'network');
  }
  if (response.ok) return response;
  if (response.status === 401) throw new LoggedOut('401');
  if (response.status >= 500 || response.status === 429) {
    const seconds = Number(response.headers.get('retry-after'));
    const waitMs = seconds > 0 ? seconds * 1000 : undefined;
    const problem: unknown = response.status === 503 ? await response.json().catch(() => undefined) : undefined;
    if (isObject(problem) && isObject(problem['maintenance'])) {
      const endsAt = Date.parse(textOr(problem['maintenance']['endsAt'], ''));
      throw new HouseClosed(Number.isNaN(endsAt) ? undefined : endsAt, Math.min(waitMs ?? closedMs, closedMs));
    }
    throw new Unreachable(`HTTP ${response.status}`, waitMs);
  }
  const problem: unknown = await response.json().catch(() => undefined);
  const { type, detail } = isObject(problem) ? problem : { type: undefined, detail: undefined };
  throw new RequestRefused(textOr(type, `http${response.status}`), textOr(detail, ''));
}
