/** One's own factors, sessions, devices and log of logins, as JMAP gives them (our own types); and their ends. */
import { withProof } from '#web/factors/proof.ts';
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, number, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface OwnFactor {
  readonly id: string;
  readonly kind: 'totp' | 'passkey';
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | undefined;
  /** Serves instead of the password too. */
  readonly isDiscoverable: boolean;
}

export interface Place {
  readonly id: string;
  readonly createdAt: string;
  readonly seenAt: string;
  readonly remoteAddress: string;
  readonly userAgent: string;
  readonly isThis: boolean;
  /** The identity provider that vouched for it; empty where one logged in here. */
  readonly providerName: string;
}

/** An identity provider that knows the person. */
export interface OwnLink {
  readonly id: string;
  readonly providerName: string;
  readonly subject: string;
  readonly usedAt: string;
}

export interface Device extends Place {
  readonly trustedUntil: string | undefined;
}

export interface Security {
  readonly factors: readonly OwnFactor[];
  readonly sessions: readonly Place[];
  readonly devices: readonly Device[];
  readonly links: readonly OwnLink[];
  readonly recoveryCodesLeft: number;
  readonly recoveryCodesMadeAt: string | undefined;
  readonly isFactorDemanded: boolean;
  /** Where a code is sent when the password is forgotten. */
  readonly recoveryAddress: string | undefined;
  readonly recoveryAddressAt: string | undefined;
  /** Whether the institution asks for such an address; `never` where passwords are got back elsewhere. */
  readonly recoveryAsking: 'never' | 'offered' | 'required';
}

/** @throws as `client.request` does. */
export async function fetchSecurity(sync: Sync, accountId: AccountId): Promise<Security> {
  const all = { accountId, ids: null };
  const answers = await sync.client.request([
    ['Factor/get', all, 'factors'],
    ['LoginSession/get', all, 'sessions'],
    ['Device/get', all, 'devices'],
    ['IdentityLink/get', all, 'links'],
    ['Security/get', { accountId }, 'more'],
  ]);
  const more = answers.of('more');
  return {
    factors: list(answers.of('factors')['list'], readFactor),
    sessions: list(answers.of('sessions')['list'], readPlace),
    devices: list(answers.of('devices')['list'], (value) => ({
      ...readPlace(value),
      trustedUntil: textOr(object(value)['trustedUntil'], undefined),
    })),
    links: list(answers.of('links')['list'], (value) => {
      const it = object(value);
      return {
        id: text(it['id']),
        providerName: text(it['providerName']),
        subject: text(it['subject']),
        usedAt: text(it['usedAt']),
      };
    }),
    recoveryCodesLeft: number(more['recoveryCodesLeft']),
    recoveryCodesMadeAt: textOr(more['recoveryCodesMadeAt'], undefined),
    isFactorDemanded: more['isFactorDemanded'] === true,
    recoveryAddress: textOr(more['recoveryAddress'], undefined),
    recoveryAddressAt: textOr(more['recoveryAddressAt'], undefined),
    recoveryAsking: (['never', 'required'] as const).find((it) => it === more['recoveryAsking']) ?? 'offered',
  };
}

function readFactor(value: unknown): OwnFactor {
  const it = object(value);
  return {
    id: text(it['id']),
    kind: it['kind'] === 'totp' ? 'totp' : 'passkey',
    name: text(it['name']),
    createdAt: text(it['createdAt']),
    lastUsedAt: textOr(it['lastUsedAt'], undefined),
    isDiscoverable: it['isDiscoverable'] === true,
  };
}

function readPlace(value: unknown): Place {
  const it = object(value);
  return {
    id: text(it['id']),
    createdAt: text(it['createdAt']),
    seenAt: text(it['seenAt']),
    remoteAddress: text(it['remoteAddress']),
    userAgent: text(it['userAgent']),
    isThis: it['isThis'] === true,
    providerName: textOr(it['providerName'], ''),
  };
}

export interface SignIn {
  readonly id: string;
  readonly at: string;
  readonly verb: string;
  readonly isOwn: boolean;
  readonly remoteAddress: string;
  readonly userAgent: string;
  readonly name: string;
}

/** The newest first; those before `before`. @throws as `client.request` does. */
export async function fetchSignIns(
  sync: Sync,
  accountId: AccountId,
  before: string | undefined,
): Promise<{ readonly events: readonly SignIn[]; readonly hasMore: boolean }> {
  const page = { accountId, limit: 15, ...(before !== undefined && { before }) };
  const answer = (await sync.client.request([['SignInEvent/list', page, 'page']])).of('page');
  const events = list(answer['list'], (value): SignIn => {
    const it = object(value);
    return {
      id: text(it['id']),
      at: text(it['at']),
      verb: text(it['verb']),
      isOwn: it['isOwn'] === true,
      remoteAddress: textOr(it['remoteAddress'], ''),
      userAgent: textOr(it['userAgent'], ''),
      name: textOr(it['name'], ''),
    };
  });
  return { events, hasMore: answer['hasMore'] === true };
}

type Kind = 'Factor' | 'LoginSession' | 'Device' | 'IdentityLink';

/**
 * Ends these, asking for a proof where the server does.
 * @returns how many do not stand any more; those that were gone already do not either. @throws as `client.request` does.
 */
export async function endAll(sync: Sync, accountId: AccountId, kind: Kind, ids: readonly string[]): Promise<number> {
  const answer = await withProof(
    async () => (await sync.client.request([[`${kind}/set`, { accountId, destroy: ids }, 'set']])).of('set'),
    (given) => ids.some((id) => refusalOf(given['notDestroyed'], id) === 'stepUpNeeded'),
  );
  const isGone = (id: string): boolean => {
    const type = refusalOf(answer['notDestroyed'], id);
    return type === undefined || type === 'notFound';
  };
  return ids.filter(isGone).length;
}

/** @returns whether it was taken. @throws as `client.request` does. */
export async function renameFactor(sync: Sync, accountId: AccountId, id: string, name: string): Promise<boolean> {
  const update = { [id]: { name } };
  const answer = (await sync.client.request([['Factor/set', { accountId, update }, 'set']])).of('set');
  return refusalOf(answer['notUpdated'], id) === undefined;
}

function refusalOf(refused: unknown, id: string): string | undefined {
  const one = isObject(refused) ? refused[id] : undefined;
  return isObject(one) ? textOr(one['type'], 'serverFail') : undefined;
}
