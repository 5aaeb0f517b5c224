/** What the server says a program must know (GET /setup/programs), and a new app password for it (JMAP AppPassword). */
import { withProof } from '#web/factors/proof.ts';
import { LoggedOut, Unreachable } from '#web/sync/errors.ts';
import type { AccountId } from '#web/sync/records.ts';
import { sessionFetch } from '#web/sync/sessionFetch.ts';
import { isObject, list, number, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface Service {
  readonly kind: 'imap' | 'submission' | 'sieve';
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls';
}

export interface Facts {
  readonly email: string;
  /** The best of a kind first. */
  readonly services: readonly Service[];
  readonly webUrl: string;
  readonly profileUrl: string;
  /** What an app password may be made for. */
  readonly scopes: readonly string[];
}

/** @throws {LoggedOut} {Unreachable} {ShapeError} */
export async function fetchFacts(): Promise<Facts> {
  const response = await sessionFetch('/setup/programs', { headers: { accept: 'application/json' } }).catch(
    (error: unknown): never => {
      throw new Unreachable(error instanceof Error ? error.message : 'network');
    },
  );
  if (response.status === 401) throw new LoggedOut('401');
  if (!response.ok) throw new Unreachable(`HTTP ${response.status}`);
  return readFacts(await response.json());
}

/** @throws {ShapeError} */
export function readFacts(value: unknown): Facts {
  const it = object(value);
  return {
    email: text(it['email']),
    services: list(it['services'], readService).filter((service) => service !== undefined),
    webUrl: text(it['webUrl']),
    profileUrl: text(it['profileUrl']),
    scopes: list(it['scopes'], text),
  };
}

/** undefined for a service this page has no words for. */
function readService(value: unknown): Service | undefined {
  const { kind, host, port, security } = object(value);
  if (kind !== 'imap' && kind !== 'submission' && kind !== 'sieve') return undefined;
  return { kind, host: text(host), port: number(port), security: security === 'tls' ? 'tls' : 'starttls' };
}

export type Made =
  | { readonly kind: 'made'; readonly password: string }
  /** `type` of the SetError (RFC 8620 §5.3). */
  | { readonly kind: 'refused'; readonly type: string };

/** Asks the person to prove again who they are, where the server does. @throws as `client.request` does. */
export function makeAppPassword(
  sync: Sync,
  accountId: AccountId,
  given: { readonly name: string; readonly scopes: readonly string[] },
): Promise<Made> {
  const make = () => makeOnce(sync, accountId, given);
  return withProof(make, (made) => made.kind === 'refused' && made.type === 'stepUpNeeded');
}

async function makeOnce(
  sync: Sync,
  accountId: AccountId,
  given: { readonly name: string; readonly scopes: readonly string[] },
): Promise<Made> {
  const create = { made: { name: given.name, scopes: given.scopes } };
  const answer = (await sync.client.request([['AppPassword/set', { accountId, create }, 'set']])).of('set');
  const made = isObject(answer['created']) ? answer['created']['made'] : undefined;
  if (isObject(made)) return { kind: 'made', password: text(made['password']) };
  const refused = isObject(answer['notCreated']) ? answer['notCreated']['made'] : undefined;
  return { kind: 'refused', type: isObject(refused) ? textOr(refused['type'], 'serverFail') : 'serverFail' };
}
