/** The services and programs that let people in with Pli (JMAP OpenidClient): what the server says, and changing it. */
import { withProof } from '#web/factors/proof.ts';
import { MethodRefused } from '#web/sync/errors.ts';
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export const clientScopes = [
  'openid',
  'profile',
  'email',
  'affiliation',
  'offline_access',
  'mail',
  'submission',
] as const;

export interface ClientFields {
  readonly name: string;
  readonly isConfidential: boolean;
  readonly isFirstParty: boolean;
  readonly redirectUris: readonly string[];
  readonly postLogoutUris: readonly string[];
  readonly logoutUri: string;
  readonly scopes: readonly string[];
}

export interface Client extends ClientFields {
  readonly id: string;
}

/** By name; undefined for whoever may not see them. @throws as `client.request` does otherwise. */
export async function fetchClients(
  sync: Sync,
  accountId: AccountId,
): Promise<{ readonly clients: readonly Client[] | undefined }> {
  try {
    const answers = await sync.client.request([['OpenidClient/get', { accountId, ids: null }, 'all']]);
    return { clients: list(answers.of('all')['list'], readClient) };
  } catch (error) {
    if (error instanceof MethodRefused && error.type === 'forbidden') return { clients: undefined };
    throw error;
  }
}

function readClient(value: unknown): Client {
  const it = object(value);
  return {
    id: text(it['id']),
    name: text(it['name']),
    isConfidential: it['isConfidential'] === true,
    isFirstParty: it['isFirstParty'] === true,
    redirectUris: list(it['redirectUris'], text),
    postLogoutUris: list(it['postLogoutUris'], text),
    logoutUri: textOr(it['logoutUri'], ''),
    scopes: list(it['scopes'], text),
  };
}

export type Saved =
  /** `secret`: shown this once; empty where there is none, or another was not made. */
  | { readonly kind: 'saved'; readonly id: string; readonly secret: string }
  | { readonly kind: 'refused'; readonly type: string; readonly properties: readonly string[] };

/** @param id undefined for a new one. @throws as `client.request` does. */
export async function saveClient(
  sync: Sync,
  accountId: AccountId,
  id: string | undefined,
  fields: ClientFields,
): Promise<Saved> {
  const { isConfidential, logoutUri, ...rest } = fields;
  const given = { ...rest, logoutUri: logoutUri === '' ? null : logoutUri };
  if (id === undefined) return set(sync, { accountId, create: { made: { ...given, isConfidential } } }, 'made');
  return set(sync, { accountId, update: { [id]: given } }, id);
}

/** @throws as `client.request` does. */
export function renewSecret(sync: Sync, accountId: AccountId, id: string): Promise<Saved> {
  return set(sync, { accountId, update: { [id]: { renewSecret: true } } }, id);
}

/** @throws as `client.request` does. */
export function removeClient(sync: Sync, accountId: AccountId, id: string): Promise<Saved> {
  return set(sync, { accountId, destroy: [id] }, id);
}

/** Where a fresh proof of who is at the keyboard is wanted, the dialog asks for it, and what was being done goes on. */
function set(sync: Sync, args: JsonObject, key: string): Promise<Saved> {
  return withProof(
    () => setOnce(sync, args, key),
    (saved) => saved.kind === 'refused' && saved.type === 'stepUpNeeded',
  );
}

async function setOnce(sync: Sync, args: JsonObject, key: string): Promise<Saved> {
  const answer = (await sync.client.request([['OpenidClient/set', args, 'set']])).of('set');
  for (const name of ['notCreated', 'notUpdated', 'notDestroyed']) {
    const all = answer[name];
    const refused = isObject(all) ? all[key] : undefined;
    if (!isObject(refused)) continue;
    const properties = Array.isArray(refused['properties']) ? list(refused['properties'], text) : [];
    return { kind: 'refused', type: textOr(refused['type'], 'serverFail'), properties };
  }
  const created = isObject(answer['created']) ? answer['created'][key] : undefined;
  const updated = isObject(answer['updated']) ? answer['updated'][key] : undefined;
  const made = isObject(created) ? created : updated;
  if (!isObject(made)) return { kind: 'saved', id: key, secret: '' };
  return { kind: 'saved', id: textOr(made['id'], key), secret: textOr(made['secret'], '') };
}
