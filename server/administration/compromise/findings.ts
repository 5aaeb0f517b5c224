/**
 * What was changed in an account since others may have been in it, what it sent, and what is held. Who administers sees
 * addresses and subjects, never what a message says; support sees how many, and which domains.
 */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { mandatesSince } from '#server/access/mandate.ts';
import { givesPower } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRoleOver } from '#server/access/require-role.ts';
import { holderIn } from '#server/access/verify.ts';
import { type ChangedScript, listScriptsSince } from '#server/filters/scripts/since.ts';
import { vacationSince } from '#server/filters/vacation/since.ts';
import { listChangedIdentities } from '#server/mail/identities/past.ts';
import { recoverySince } from '#server/entry/recovery-since.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, SubmissionId, TenantId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { type HeldMessage, listHeld } from '#server/submission/hold.ts';
import { listSentSince, type SentMessage } from '#server/submission/sent.ts';

import { type Case, selectOpenCase } from '#server/administration/queries/compromise.ts';
import { type SignIn, suggestSince } from './open.ts';

export type FindingKind = 'script' | 'vacation' | 'identity' | 'mandate' | 'recovery';

export interface Finding {
  /** Names it when it is undone: `script:12`, `vacation`. */
  readonly id: string;
  readonly kind: FindingKind;
  /** When it was changed; milliseconds since 1970. */
  readonly at: number;
  /** Of a script its name, of an identity its address, of a mandate its holder. */
  readonly name: string;
  /** Whether it was not there before. */
  readonly isNew: boolean;
  /** Addresses it leads to, or what of it was changed; domains alone for support. */
  readonly details: readonly string[];
}

export interface Sent {
  readonly id: SubmissionId;
  readonly at: number;
  readonly isByFilter: boolean;
  readonly count: number;
  readonly domains: readonly string[];
  /** Null for support. */
  readonly recipients: readonly string[] | null;
  readonly subject: string | null;
}

export interface CaseView {
  /** undefined while there is none: what would be found. */
  readonly open: Case | undefined;
  readonly since: number;
  readonly strange: readonly SignIn[];
  readonly findings: readonly Finding[];
  readonly sent: readonly Sent[];
  readonly held: readonly Sent[];
  /** Whether the actor sees addresses and subjects, and may go further than to shut. */
  readonly isWhole: boolean;
}

const sentShown = 200;
const addressesShown = 50;

/**
 * @param since another moment than the case's, or than the suggested one.
 * @throws {Refusal} `mayNot`, `noSuchPerson`.
 */
export async function readCase(store: Store, actor: Actor, who: PersonRef, since?: number): Promise<CaseView> {
  const { holder, open, isWhole } = await read(store, async (tx) => {
    const held = await requireRoleOver(tx, actor, 'help', who, store.now());
    const found = await holderIn(tx, who);
    if (!found) throw new Refusal('noSuchPerson');
    const mayAdminister = held.some((role) => givesPower(role, 'administer'));
    return { holder: found, open: await selectOpenCase(tx, who), isWhole: mayAdminister };
  });
  const suggested = await suggestSince(store, who);
  const from = since ?? open?.since ?? suggested.since;
  const account = { tenantId: who.tenantId, accountId: holder.accountId };
  const findings = await findAll(store, who, account.accountId, from);
  const { sent, held } = await read(store, async (tx) => ({
    sent: await listSentSince(tx, account.accountId, from, sentShown),
    held: open ? await listHeld(tx, account) : [],
  }));
  if (isWhole) await tellLook(store, actor, who, account.accountId, from);
  return {
    open,
    since: from,
    strange: suggested.strange,
    findings: findings.map((one) => (isWhole ? one : reduced(one))),
    sent: sent.map((one) => sentOf(one, isWhole)),
    held: held.map((one) => sentOf({ ...one, isByFilter: false }, isWhole)),
    isWhole,
  };
}

/** That somebody saw to whom and about what is itself in the trace. */
async function tellLook(
  store: Store,
  actor: Actor,
  { tenantId, personId }: PersonRef,
  accountId: AccountId,
  since: number,
) {
  await write(store, (tx) =>
    recordTrace(tx, {
      tenantId,
      actor,
      verb: 'readCompromise',
      at: store.now(),
      accountId,
      details: { of: personId, since },
    }),
  );
}

/** As they stand, for who may see the whole. */
export async function findAll(
  store: Store,
  who: PersonRef,
  accountId: AccountId,
  since: number,
): Promise<readonly Finding[]> {
  const account: { readonly tenantId: TenantId; readonly accountId: AccountId } = { tenantId: who.tenantId, accountId };
  const scripts = await listScriptsSince(store, account, since);
  const vacationAt = await vacationSince(store, account, since);
  const rest = await read(store, async (tx) => ({
    identities: await listChangedIdentities(tx, accountId, since),
    mandates: await mandatesSince(tx, account, since),
    recoveryAt: await recoverySince(tx, who, since),
  }));
  const bare = { name: '', isNew: false, details: [] };
  return [
    ...scripts.filter(isStanding).map(({ script, at, isNew, redirects }): Finding => ({
      id: `script:${script.id}`,
      kind: 'script',
      at,
      name: script.name,
      isNew,
      details: redirects,
    })),
    ...(vacationAt === undefined ? [] : [{ ...bare, id: 'vacation', kind: 'vacation', at: vacationAt } as const]),
    ...rest.identities.map(({ identity, at, before, changed }): Finding => ({
      id: `identity:${identity.id}`,
      kind: 'identity',
      at,
      name: identity.email,
      isNew: before === null,
      details: [...(identity.replyTo ?? []), ...(identity.bcc ?? [])].map(({ email }) => email).concat(changed),
    })),
    ...rest.mandates.map(({ id, createdAt, holder, rights }): Finding => ({
      id: `mandate:${id}`,
      kind: 'mandate',
      at: createdAt,
      name: holder.name,
      isNew: true,
      details: rights,
    })),
    ...(rest.recoveryAt === undefined
      ? []
      : [{ ...bare, id: 'recovery', kind: 'recovery', at: rest.recoveryAt } as const]),
  ];
}

/** One that says what it said, and was not made to act since, is as it was. */
function isStanding({ script, isNew, isRewritten, isActivated }: ChangedScript): boolean {
  return isNew || isRewritten || (isActivated && script.isActive);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function reduced(finding: Finding): Finding {
  return { ...finding, details: [...new Set(finding.details.map(domainOf))] };
}

function sentOf(
  { id, at, isByFilter, recipients, subject }: (SentMessage | HeldMessage) & Pick<SentMessage, 'isByFilter'>,
  isWhole: boolean,
): Sent {
  const domains = [...new Set(recipients.map(domainOf))].slice(0, addressesShown);
  const shown = isWhole
    ? { recipients: recipients.slice(0, addressesShown), subject }
    : { recipients: null, subject: null };
  return { id, at, isByFilter, count: recipients.length, domains, ...shown };
}
