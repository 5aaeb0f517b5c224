/**
 * What is handed over on paper, school by school, to those an import added: user name, address, and what opens the account the
 * first time. Provisional passwords are made at this moment, told once to whoever prints them, and kept as hashes like any
 * other: no table ever holds one that can be read. Whoever has one already keeps it, so that printing again voids no paper
 * that was given out; asking for new ones does.
 */
import type { Actor } from '#server/access/actor.ts';
import { passwordDirectoryIn } from '#server/access/password-place.ts';
import { giveProvisional } from '#server/access/person-state.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { newProvisionalPassword } from '#server/access/token.ts';
import { hashWithin, holderIn } from '#server/access/verify.ts';
import type { PeopleRunId, PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { transactions } from '#server/store/transaction.ts';

import { contactOf, type SupportContact } from './contact.ts';
import { selectUnits, type Unit } from './queries/institution.ts';
import { type Present, selectPresent } from './queries/present.ts';
import { selectAdded } from './queries/runs.ts';

export type FirstKey =
  /** Made now. `until`: milliseconds since 1970; null for without end. */
  | { readonly kind: 'provisional'; readonly password: string; readonly until: number | null }
  | { readonly kind: 'numen' }
  /** They have one: of the file, or of paper printed before. */
  | { readonly kind: 'given' }
  /** The password of this directory. */
  | { readonly kind: 'directory'; readonly name: string };

export interface Slip {
  readonly givenName: string;
  readonly familyName: string;
  readonly userName: string;
  readonly email: string;
  readonly key: FirstKey;
}

export interface UnitSlips {
  /** Undefined for who belongs to none. */
  readonly unit: Pick<Unit, 'code' | 'name'> | undefined;
  readonly contact: SupportContact | undefined;
  /** By family name. Whoever came in already needs none. */
  readonly slips: readonly Slip[];
}

export interface SlipOptions {
  /** Only who belongs to it or below: its path. */
  readonly unitPath?: string | undefined;
  /** New provisional passwords also for whoever has one that was never used. */
  readonly isRenewing?: boolean;
}

const peopleAtOnce = 50;
const hashedAtOnce = 4;

/** Unit by unit, in the order of the tree. @throws {Refusal} `mayNot`, `tooBusy`. */
export async function* handOver(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  run: PeopleRunId,
  { unitPath = '/', isRenewing = false }: SlipOptions = {},
): AsyncGenerator<UnitSlips> {
  requireSystem(actor);
  const { units, added } = await read(store, async (tx) => ({
    units: await selectUnits(tx, tenantId, '/'),
    added: await selectAdded(tx, { tenantId, id: run }),
  }));
  const byUnit = new Map<UnitId | null, PersonId[]>();
  for (const { personId, unitId } of added) byUnit.getOrInsert(unitId, []).push(personId);
  const within = units.filter(({ path }) => path.startsWith(unitPath));
  for (const unit of [...within, ...(unitPath === '/' ? [undefined] : [])]) {
    const people = byUnit.get(unit?.id ?? null) ?? [];
    const slips: Slip[] = [];
    for (let from = 0; from < people.length; from += peopleAtOnce)
      slips.push(...(await some(store, actor, tenantId, people.slice(from, from + peopleAtOnce), { run, isRenewing })));
    if (slips.length === 0) continue;
    const contact = await read(store, (tx) => contactOf(tx, tenantId, unit?.id ?? null));
    yield { unit, contact, slips: slips.toSorted(byName) };
  }
}

const order = new Intl.Collator('fr');
const byName = (one: Slip, other: Slip): number =>
  order.compare(`${one.familyName} ${one.givenName}`, `${other.familyName} ${other.givenName}`);

async function some(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  personIds: readonly PersonId[],
  { run, isRenewing }: { readonly run: PeopleRunId; readonly isRenewing: boolean },
): Promise<readonly Slip[]> {
  const people = await read(store, (tx) => selectPresent(tx, tenantId, 'person.id', personIds));
  // Made before the accounts are locked, for whoever may need one: hashing costs a thousand times the rest.
  const made = await makePasswords(
    store,
    people.filter((one) => mayNeed(one, isRenewing)),
  );
  const accountIds = people.map(({ accountId }) => accountId);
  return transactions(store, accountIds, async (txs) => {
    const [first] = txs;
    if (!first) return [];
    const at = store.now();
    const slips: Slip[] = [];
    for (const present of await selectPresent(first, tenantId, 'person.id', personIds)) {
      const tx = txs.find(({ accountId }) => accountId === present.accountId);
      const holder = tx && (await holderIn(tx, { tenantId, personId: present.personId }));
      if (!tx || !holder || holder.activatedAt !== null || !opensOnce.has(holder.state)) continue;
      const { givenName, familyName, userName, email } = present;
      const slip = (key: FirstKey): void => void slips.push({ givenName, familyName, userName, email, key });
      const directory = await passwordDirectoryIn(tx, holder, at);
      const fresh = made.get(present.personId);
      if (directory) slip({ kind: 'directory', name: directory.provider.name });
      else if (fresh && mayNeed(present, isRenewing)) {
        await giveProvisional(tx, actor, holder, fresh.hash, { reason: `import ${run}`, at });
        const after = await holderIn(tx, holder);
        slip({ kind: 'provisional', password: fresh.password, until: after?.provisionalUntil ?? null });
      } else slip({ kind: present.hasPassword ? 'given' : 'numen' });
    }
    return slips;
  });
}

const opensOnce: ReadonlySet<string> = new Set(['provisioned', 'active']);

/** Whoever has neither a NUMEN nor a password; with `isRenewing` whoever has no NUMEN. */
function mayNeed({ hasPassword, numenHash }: Present, isRenewing: boolean): boolean {
  return hasPassword ? isRenewing : numenHash === null;
}

async function makePasswords(
  store: Store,
  people: readonly Present[],
): Promise<ReadonlyMap<PersonId, { readonly password: string; readonly hash: string }>> {
  const made = new Map<PersonId, { readonly password: string; readonly hash: string }>();
  const waiting = [...people];
  const makeSome = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const password = newProvisionalPassword();
      made.set(one.personId, { password, hash: await hashWithin(store, password) });
    }
  };
  await Promise.all(Array.from({ length: hashedAtOnce }, makeSome));
  return made;
}
