/**
 * Who a program is, at each request or connection: by name and password (HTTP Basic, SASL PLAIN and LOGIN) or by a
 * bearer token. Mail programs prove themselves over and over, so a password found right is not hashed again for some
 * minutes, while the person's state is read each time.
 */
import type { Program } from '#formats/policies/policies.ts';
import { requireOpen } from '#server/maintenance/require.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, PersonId, TenantId, Uuid } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { type Actor, allScopes, type PersonActor, type Scope } from './actor.ts';
import { isPasswordTooLittle } from './factors/needs.ts';
import { isExpired, passwordPolicyOf } from './password-policy.ts';
import { type Credential, selectCredential, selectCredentials, updateCredentialUsed } from './queries/credentials.ts';
import { passwordDirectoryOf } from './password-place.ts';
import { type Holder, selectHolder, updateActivated } from './queries/people.ts';
import { Refusal } from './refusal.ts';
import { mayWork } from './require-right.ts';
import { requireWayIn } from './profile.ts';
import { stepsFor } from './steps.ts';
import { guardAttempt } from './throttle.ts';
import { hashAppPassword, readBearerToken, type TenantToken } from './token.ts';
import { findHolder, type NamedPassword, proveByPassword, usable } from './verify.ts';

export interface Authenticated {
  readonly actor: PersonActor;
  readonly accountId: AccountId;
}

export interface BasicRequest extends NamedPassword {
  /** What the program wants to do; a credential that does not allow it is as good as a wrong one. */
  readonly scope?: Scope;
  /** By which door it comes: not every one is open to every population. */
  readonly program?: Program;
}

/**
 * By user name or e-mail address, with the password or an app password.
 * @throws {Refusal} `badCredentials`, `tryLater`, `tooBusy`, `accountLocked`, `loginUnfinished`, `secondFactorNeeded`,
 * `underMaintenance`; `mayNot` by a door that is not open to them.
 */
export async function authenticateBasic(store: Store, request: BasicRequest): Promise<Authenticated> {
  const holder = await findHolder(store, request);
  const byApp = holder && (await findByAppPassword(store, holder, request));
  if (byApp) return admit(store, byApp);
  const proven = await proveByPassword(store, holder, request);
  const arrival = { remoteAddress: request.remoteAddress, at: store.now() };
  await requireFinished(store, proven, arrival);
  if (await read(store, (tx) => isPasswordTooLittle(tx, proven, arrival))) throw new Refusal('secondFactorNeeded');
  await read(store, (tx) => requireWayIn(tx, proven, { program: request.program, isAppPassword: false }));
  const { tenantId, personId, accountId } = proven;
  const from = request.remoteAddress;
  return admit(store, {
    actor: { kind: 'person', tenantId, personId, by: 'password', scopes: allScopes, from, program: request.program },
    accountId,
  });
}

/** Nobody comes in by a program while their institution is closed. @throws {Refusal} `underMaintenance`. */
async function admit(store: Store, authenticated: Authenticated): Promise<Authenticated> {
  await requireOpen(store, authenticated.actor);
  return authenticated;
}

/**
 * A provisional password opens the page where it is replaced, and nothing else; so does one that is too old. Of one that a
 * directory keeps neither holds, and whoever has nothing to do at a first login but to show it has then done so.
 * @throws {Refusal} `loginUnfinished`.
 */
async function requireFinished(
  store: Store,
  holder: Holder,
  { remoteAddress, at }: { readonly remoteAddress: string; readonly at: number },
): Promise<void> {
  const { tenantId, personId, accountId } = holder;
  if (!(await passwordDirectoryOf(store, holder))) {
    if (holder.mustChangePassword || holder.activatedAt === null) throw new Refusal('loginUnfinished');
    const passwords = await read(store, (tx) => passwordPolicyOf(tx, tenantId));
    if (isExpired(holder, passwords, at)) throw new Refusal('loginUnfinished');
    return;
  }
  if (holder.activatedAt !== null) return;
  await write(store, async (tx) => {
    const steps = await stepsFor(tx, holder, { proof: 'directory', deviceHash: '', remoteAddress, at });
    if (steps.length > 0) throw new Refusal('loginUnfinished');
    if (!(await updateActivated(tx, holder, at))) return;
    const actor = {
      kind: 'person',
      tenantId,
      personId,
      by: 'password',
      scopes: allScopes,
      from: remoteAddress,
    } as const;
    await recordTrace(tx, { tenantId, actor, verb: 'activate', at, accountId });
  });
}

export interface BearerRequest extends Pick<BasicRequest, 'scope' | 'program'> {
  readonly token: string;
  readonly remoteAddress: string;
}

/** For whom a token stands that is none of ours here, and what it lets its bearer do. */
export interface Granted {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  /** Of the grant it came from. */
  readonly credentialId: Uuid;
  readonly scopes: readonly Scope[];
}

/**
 * @param findGranted asked for a token that has not the form of a person's own: who else gave it out, and to whom.
 * @throws {Refusal} `badCredentials`, `tryLater`, `accountLocked`, `underMaintenance`.
 */
export async function authenticateBearer(
  store: Store,
  { token, remoteAddress, scope, program }: BearerRequest,
  findGranted?: () => Promise<Granted | undefined>,
): Promise<Authenticated> {
  const key = readBearerToken(token);
  const found = key && (await findCredential(store, key));
  if (key && found?.kind === 'bearer' && allows(found, scope)) {
    const holder = await read(store, (tx) => selectHolder(tx, found.tenantId, found.personId));
    if (holder)
      return admit(
        store,
        await useCredential(store, { key, credential: found, holder: usable(holder), from: remoteAddress, program }),
      );
  }
  const granted = key ? undefined : await findGranted?.();
  const holder = granted && (await read(store, (tx) => selectHolder(tx, granted.tenantId, granted.personId)));
  if (granted && holder) {
    const { accountId } = usable(holder);
    await read(store, (tx) => requireWayIn(tx, holder, { program, isAppPassword: false }));
    return admit(store, {
      actor: { kind: 'person', by: 'token', ...granted, from: remoteAddress, program },
      accountId,
    });
  }
  return guardAttempt<Authenticated>(store, { subject: undefined, remoteAddress }, async () => undefined);
}

/** Whether the person works, and the app password or bearer token they came by still does. */
export function isKeyStanding(store: Store, actor: Actor): Promise<boolean> {
  if (actor.kind !== 'person') return Promise.resolve(true);
  const { tenantId, personId, by, credentialId } = actor;
  return read(store, async (tx) => {
    const holder = await selectHolder(tx, tenantId, personId);
    if (!holder || !mayWork(holder.state)) return false;
    if (by !== 'appPassword' && by !== 'bearer') return true;
    return (await selectCredentials(tx, tenantId, personId, store.now())).some(({ id }) => id === credentialId);
  });
}

async function findByAppPassword(
  store: Store,
  holder: Holder,
  { password, remoteAddress, scope, program }: BasicRequest,
): Promise<Authenticated | undefined> {
  const tokenHash = hashAppPassword(password);
  if (tokenHash === undefined) return undefined;
  const key = { tenantId: holder.tenantId, tokenHash };
  const credential = await findCredential(store, key);
  // Not one of theirs: it may be a password that happens to look like one.
  if (credential?.kind !== 'appPassword' || credential.personId !== holder.personId) return undefined;
  if (!allows(credential, scope)) throw new Refusal('badCredentials');
  return useCredential(store, { key, credential, holder: usable(holder), from: remoteAddress, program });
}

function findCredential(store: Store, key: TenantToken): Promise<Credential | undefined> {
  return read(store, (tx) => selectCredential(tx, key, store.now()));
}

function allows({ scopes }: Credential, scope: Scope | undefined): boolean {
  return scope === undefined || scopes.includes(scope);
}

/** "Last used" is known to this. */
const usedEveryMs = 10 * 60_000;

interface Use {
  readonly key: TenantToken;
  readonly credential: Credential;
  readonly holder: Holder;
  readonly from: string;
  readonly program: Program | undefined;
}

async function useCredential(store: Store, { key, credential, holder, from, program }: Use): Promise<Authenticated> {
  const now = store.now();
  const isAppPassword = credential.kind === 'appPassword';
  await read(store, (tx) => requireWayIn(tx, holder, { program, isAppPassword }));
  const isStale = credential.lastUsedAt === null || credential.lastUsedAt + usedEveryMs <= now;
  if (isStale || credential.lastUsedFrom !== from) await write(store, (tx) => updateCredentialUsed(tx, key, now, from));
  const { tenantId, personId, accountId } = holder;
  const { kind: by, id: credentialId, scopes } = credential;
  return { actor: { kind: 'person', tenantId, personId, by, credentialId, scopes, from, program }, accountId };
}
