/**
 * Doing something about one person's account, with a reason: the door to the verbs of access and quota. Rights, state and
 * deed are one transaction, so that nothing is done on the strength of what held a moment ago.
 */
import type { Actor } from '#server/access/actor.ts';
import { standingAt } from '#server/access/administrators.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { resetFactors } from '#server/access/factors/reset.ts';
import {
  type Because,
  giveProvisional,
  letIn,
  needsProvisional,
  type OutState,
  renewActivation,
  shutOut,
  signOut,
} from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireReason, requireRoleOver } from '#server/access/require-role.ts';
import { newProvisionalPassword } from '#server/access/token.ts';
import { hashWithin, type Holder, holderIn } from '#server/access/verify.ts';
import { type Danger, requireSecond } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { checkQuota, setQuota } from '#server/quota/change.ts';
import { wakeRunners } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { type ActKind, asksProof, fits, powerFor, secondKindsOf, type Standing } from './acts.ts';
import { selectOpenCase } from './queries/compromise.ts';

export type Act =
  | { readonly kind: Exclude<ActKind, 'changeQuota'> }
  /** Null: no limit. */
  | { readonly kind: 'changeQuota'; readonly quotaOctets: number | null };

export interface Done {
  /** Of `resetPassword`, and of `resendActivation` where no NUMEN serves: shown this once. */
  readonly provisionalPassword?: string;
  /** Of `signOut`: how many sessions. */
  readonly ended?: number;
  /** Of `resetFactors`: how many second factors. */
  readonly removed?: number;
}

/**
 * @throws {Refusal} `awaitsApproval` where a second administrator has to agree, and the act is kept for them.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `stepUpNeeded`; `invalidProperties` naming `reason` when it is missing, or
 * `action` when the state of the account makes no sense of it; `tooBusy`.
 */
export async function actOnPerson(
  store: Store,
  actor: Actor,
  who: PersonRef,
  act: Act,
  givenReason?: string,
): Promise<Done> {
  const reason = requireReason(actor, givenReason);
  const prove = (tx: Tx, at: number): Promise<void> =>
    asksProof(act.kind) ? requireFresh(tx, actor, at) : Promise.resolve();
  return orWaiting(store, actor, { verb: 'act', who, act }, reason, () =>
    perform(store, actor, who, act, { reason, alongside: prove }),
  );
}

export interface Performance {
  readonly reason: string | null;
  /** The action on many people it is part of. */
  readonly bulk?: number;
  /** What a new password is to be; a random one without. */
  readonly provisionalPassword?: string;
  /** First of all in the transaction that does it; what it throws stops it. */
  readonly alongside: (tx: AccountTx, at: number) => Promise<void>;
  /** Last of all in the same transaction; what it throws undoes it. */
  readonly afterwards?: (tx: AccountTx, at: number) => Promise<void>;
}

/** The same where the question of proof is settled already. @throws {Refusal} as `actOnPerson`; what `alongside` throws. */
export async function perform(
  store: Store,
  actor: Actor,
  who: PersonRef,
  act: Act,
  { reason, bulk, alongside, afterwards, ...given }: Performance,
): Promise<Done> {
  if (act.kind === 'changeQuota') checkQuota(act.quotaOctets);
  const power = powerFor(act.kind);
  const { holder, standing } = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, power, who, store.now());
    return standingOf(tx, who);
  });
  const isProvisional = wantsPassword(act.kind, holder) && fits(act.kind, standing);
  const password = isProvisional ? (given.provisionalPassword ?? newProvisionalPassword()) : undefined;
  // Outside the transaction: it is slow by design.
  const hash = password === undefined ? undefined : await hashWithin(store, password);
  const done = await transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    await alongside(tx, at);
    await requireActing(tx, actor, power, who, at);
    const now = await standingOf(tx, who);
    if (!fits(act.kind, now.standing))
      throw new Refusal('invalidProperties', {
        properties: ['action'],
        description: now.standing.isCompromised ? 'compromised' : `the account is ${now.standing.state}`,
      });
    // What is done to many was agreed to as a whole, when it was started.
    if (bulk === undefined) {
      const danger = await dangerOf(tx, who, act, { ...now, secret: password, at });
      await requireSecond(store, tx, actor, danger, at, (one) => requireActing(tx, one, power, who, at));
    }
    const outcome = await carryOut(tx, actor, now.holder, act, hash, { reason, at, bulk });
    await afterwards?.(tx, at);
    return outcome;
  });
  // Letters, where there are any.
  wakeRunners(store);
  return password === undefined ? done : { ...done, provisionalPassword: password };
}

interface Before {
  readonly holder: Holder;
  readonly standing: Standing;
  /** The provisional password it gives. */
  readonly secret: string | undefined;
  readonly at: number;
}

async function dangerOf(tx: Tx, who: PersonRef, act: Act, { holder, standing, secret, at }: Before): Promise<Danger> {
  const { path, roles } = await standingAt(tx, who, at);
  const { passwordChangedAt } = holder;
  return {
    ...who,
    kinds: secondKindsOf(act.kind, secret !== undefined),
    power: powerFor(act.kind),
    path,
    seen: { ...standing, path, roles, ...(secret !== undefined && { passwordChangedAt }) },
    details: { act: act.kind },
    secret,
  };
}

function wantsPassword(kind: ActKind, holder: Holder): boolean {
  return kind === 'resetPassword' || (kind === 'resendActivation' && needsProvisional(holder));
}

/** @throws {Refusal} `noSuchPerson`. */
async function standingOf(tx: Tx, who: PersonRef): Promise<{ readonly holder: Holder; readonly standing: Standing }> {
  const holder = await holderIn(tx, who);
  if (!holder) throw new Refusal('noSuchPerson');
  const isCompromised = (await selectOpenCase(tx, who)) !== undefined;
  return { holder, standing: { state: holder.state, isActivated: holder.activatedAt !== null, isCompromised } };
}

const stateOf = { suspend: 'suspended', block: 'blocked', close: 'closed' } as const satisfies Record<string, OutState>;

async function carryOut(
  tx: AccountTx,
  actor: Actor,
  holder: Holder,
  act: Act,
  hash: string | undefined,
  because: Because,
): Promise<Done> {
  switch (act.kind) {
    case 'unlock':
    case 'reopen':
      await letIn(tx, actor, holder, because);
      return {};
    case 'suspend':
    case 'block':
    case 'close':
      await shutOut(tx, actor, holder, stateOf[act.kind], because);
      return {};
    case 'signOut':
      return { ended: await signOut(tx, actor, holder, because) };
    case 'resetPassword':
      // Hashed for this act beforehand.
      await giveProvisional(tx, actor, holder, hash ?? '', because);
      return {};
    case 'resetFactors':
      return { removed: await resetFactors(tx, actor, holder, because) };
    case 'resendActivation':
      await renewActivation(tx, actor, holder, hash, because);
      return {};
    case 'changeQuota':
      await setQuota(tx, actor, holder, act.quotaOctets, because);
      return {};
  }
}
