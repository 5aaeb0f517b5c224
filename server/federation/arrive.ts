/**
 * Coming back from a provider. Whom it names is found by their link, else by what the provider's setting compares; nobody is
 * ever made an account. What follows is a login like any other: the state of the account, and the steps that are left.
 */
import type { PersonActor, SystemActor } from '#server/access/actor.ts';
import { type Begun, beginLogin, type Browser, type Session } from '#server/access/login.ts';
import { Refusal } from '#server/access/refusal.ts';
import { hashToken, readSessionToken } from '#server/access/token.ts';
import { findHolder, findHolderByExternalId, type Holder, holderOf, usable } from '#server/access/verify.ts';
import { contactOf, type SupportContact } from '#server/directory/contact.ts';
import { findDomain } from '#server/directory/domain.ts';
import { parseAddress } from '#server/directory/address.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { type Identity, subjectCharacters } from './identity.ts';
import {
  insertVouched,
  type Provider,
  putLink,
  selectLinked,
  selectLinks,
  type UnderWay,
  updateOutcome,
} from './queries.ts';
import { ProviderFault } from './reach.ts';
import { sealFor } from './secret.ts';
import { claimOf } from './settings.ts';
import { comeBack } from './under-way.ts';

/** Why somebody who went to a provider does not come in. */
export type Outcome =
  /** The provider did not answer, or its answer does not hold. */
  | { readonly kind: 'failed' }
  /** The person said no there, or it refused them. */
  | { readonly kind: 'denied' }
  /** It knows them less well than is asked for. */
  | { readonly kind: 'level' }
  /** Nobody here is known by what it says. */
  | { readonly kind: 'unknown'; readonly subject: string }
  | { readonly kind: 'locked'; readonly because: string };

export interface Refused {
  readonly providerName: string;
  readonly outcome: Outcome;
  readonly contact: SupportContact | undefined;
}

export type Arrived =
  | { readonly kind: 'in'; readonly begun: Begun; readonly returnTo: string }
  /** The page asks why by `readRefused`. */
  | { readonly kind: 'refused'; readonly returnTo: string }
  /** Not this browser, not now, or not a second time. */
  | { readonly kind: 'tooLate' };

/** A refusal that `prove` finds; anything else it throws is a fault of the provider, or of ours. */
export class NotProved extends Error {
  override readonly name = 'NotProved';
  readonly outcome: Outcome;

  constructor(outcome: Outcome, why: string) {
    super(why);
    this.outcome = outcome;
  }
}

export interface Return extends Browser {
  readonly provider: Provider;
  readonly state: string;
  /** The token of the browser's cookie. */
  readonly browser: string;
  /** Verifies what the provider says; called once, after the state was used up. */
  readonly prove: (login: UnderWay) => Promise<Identity>;
  /** Told what the operator's log should know. */
  readonly onFault: (error: Error) => void;
}

export async function arrive(store: Store, given: Return): Promise<Arrived> {
  const { provider, state, browser } = given;
  const back = await comeBack(store, state, provider, browser);
  if (!back) return { kind: 'tooLate' };
  const { returnTo } = back.login;
  const no = async (outcome: Outcome): Promise<Arrived> => {
    await refuse(store, state, provider, outcome);
    return { kind: 'refused', returnTo };
  };
  try {
    const identity = await given.prove(back.login);
    const holder = await findPerson(store, provider, identity);
    if (!holder) {
      await recordRefused(store, given, identity.subject);
      return await no({ kind: 'unknown', subject: identity.subject.slice(0, 100) });
    }
    return { kind: 'in', begun: await begin(store, given, identity, usable(holder)), returnTo };
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'accountLocked')
      return no({ kind: 'locked', because: error.details.description ?? 'locked' });
    if (error instanceof NotProved) {
      given.onFault(error);
      return no(error.outcome);
    }
    if (!(error instanceof ProviderFault)) throw error;
    given.onFault(error);
    return no({ kind: 'failed' });
  }
}

/** Keeps why nobody comes in, and whom to call, for the page of the browser that was sent (refused.ts). */
export async function refuse(store: Store, state: string, provider: Provider, outcome: Outcome): Promise<void> {
  const key = readSessionToken(state);
  if (!key) return;
  await write(store, async (tx) => {
    const contact = await contactOf(tx, provider.tenantId, null);
    const refused: Refused = { providerName: provider.name, outcome, contact };
    await updateOutcome(tx, key, JSON.stringify(refused));
  });
}

/** By their link first; else by what the provider's setting compares. */
async function findPerson(store: Store, provider: Provider, identity: Identity): Promise<Holder | undefined> {
  const { tenantId, id: providerId, settings } = provider;
  const { subject, claims } = identity;
  if (subject === '' || subject.length > subjectCharacters) throw new ProviderFault('a subject of no use');
  const linked = await read(store, (tx) => selectLinked(tx, { tenantId, providerId, subject }));
  if (linked !== undefined) return holderOf(store, { tenantId, personId: linked });
  const [value = '', ...others] = claims.get(claimOf(settings)) ?? [];
  if (value === '' || others.length > 0) return undefined;
  const found = await compare[settings.linkBy](store, provider, identity, value);
  if (found?.tenantId !== tenantId) return undefined;
  // Somebody else of that provider was this person before: a name or an address was given out again.
  const links = await read(store, (tx) => selectLinks(tx, found));
  return links.some((link) => link.providerId === providerId) ? undefined : found;
}

type Compare = (store: Store, provider: Provider, identity: Identity, value: string) => Promise<Holder | undefined>;

const compare = {
  userName: async (store, { tenantId }, _identity, value) =>
    value.includes('@') ? undefined : findHolder(store, { userName: value, tenantId }),
  email: async (store, { tenantId }, { claims }, value) => {
    const address = parseAddress(value);
    // An address of another house proves nothing here, nor one that the provider itself did not check.
    const domain = address && (await read(store, (tx) => findDomain(tx, address.domain)));
    if (!address || domain?.tenantId !== tenantId || claims.get('email_verified')?.[0] === 'false') return undefined;
    return findHolder(store, { userName: address.address });
  },
  externalId: (store, { tenantId }, _identity, value) => findHolderByExternalId(store, tenantId, value),
  none: () => Promise.resolve(undefined),
} satisfies Record<Provider['settings']['linkBy'], Compare>;

function begin(store: Store, given: Return, identity: Identity, holder: Holder): Promise<Begun> {
  const { provider } = given;
  const { subject, level = null } = identity;
  const { tenantId, id: providerId, name, settings } = provider;
  const { personId, accountId } = holder;
  const actor: PersonActor = {
    kind: 'person',
    tenantId,
    personId,
    by: 'session',
    scopes: [],
    from: given.remoteAddress,
  };
  const use = async (tx: Tx, at: number, session: Session): Promise<void> => {
    const isNew = await putLink(tx, { tenantId, providerId, subject }, personId, at);
    if (isNew)
      await recordTrace(tx, { tenantId, actor, verb: 'linkIdentity', at, accountId, details: { name, subject } });
    await insertVouched(tx, {
      tenantId,
      sessionId: session.id,
      providerId,
      personId,
      subject,
      sidHash: identity.sid === undefined ? '' : hashToken(identity.sid),
      level,
      details: sealFor(
        store,
        { tenantId, id: providerId, use: 'session', of: session.id },
        JSON.stringify(identity.farewell),
      ),
      createdAt: at,
      expiresAt: session.expiresAt,
    });
    const details = { name, provider: providerId, subject, level };
    await recordTrace(tx, { tenantId, actor, verb: 'providerLogin', at, accountId, details });
  };
  const proof = settings.isSecondFactorTrusted ? 'trustedProvider' : 'provider';
  return beginLogin(store, holder, given, [], { proof, use });
}

async function recordRefused(store: Store, { provider, remoteAddress }: Return, subject: string): Promise<void> {
  const actor: SystemActor = { kind: 'system', as: 'door', from: remoteAddress };
  const details = { name: provider.name, provider: provider.id, subject };
  await write(store, (tx) =>
    recordTrace(tx, { tenantId: provider.tenantId, actor, verb: 'providerLoginRefused', at: store.now(), details }),
  );
}
