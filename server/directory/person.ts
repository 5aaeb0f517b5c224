/** Adding one person, with the account that is theirs. Many at once come by import.ts, through the same registration. */
import type { Actor } from '#server/access/actor.ts';
import { hashNumen, parseNumen } from '#server/access/numen.ts';
import { checkPassword } from '#server/access/password.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRole } from '#server/access/require-role.ts';
import { hashWithin } from '#server/access/verify.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { parseAddress } from './address.ts';
import { chooseNames, noneChosen } from './choose.ts';
import { baseAddress, baseUserName, parseUserName } from './names.ts';
import { selectDomains, selectTakenAddresses } from './queries/addresses.ts';
import { lockNames } from './queries/institution.ts';
import { selectKnownExternalIds, selectTakenNumens, selectTakenUserNames } from './queries/people.ts';
import { registerAccounts } from './register.ts';
import { requireOpenUnit } from './unit.ts';

export interface NewPerson {
  readonly tenantId: TenantId;
  readonly givenName: string;
  readonly familyName: string;
  /** Planned from the names when absent: jdupont, jdupont1 … */
  readonly userName?: string | undefined;
  /** Planned in the tenant's default domain when absent: jean.dupont@… */
  readonly email?: string | undefined;
  /** Whether the address is to be replaced one day. */
  readonly isProvisional?: boolean;
  readonly aliases?: readonly string[];
  readonly unitId?: UnitId | null;
  /** `staff`, `teacher`, `pupil` …: a population of the tenant. */
  readonly population?: string;
  readonly functionName?: string | null;
  readonly quotaOctets?: number | null;
  /** Null: nobody can log in yet. */
  readonly password: string | null;
  readonly mustChangePassword?: boolean;
  /** BCP 47. */
  readonly language?: string;
  readonly externalId?: string | null;
  /** Of thirteen characters; kept as a keyed hash. */
  readonly numen?: string;
  /** `2001-12-31`. */
  readonly birthDate?: string;
  /** Not verified before its holder says so. */
  readonly recoveryEmail?: string;
}

export interface AddedPerson {
  readonly accountId: AccountId;
  readonly personId: PersonId;
  readonly userName: string;
  readonly email: string;
}

/** @throws {Refusal} `invalidArguments`, `weakPassword`, `alreadyExists`, `noSuchDomain`, `mayNot`, `tooBusy`. */
export async function addPerson(store: Store, actor: Actor, given: NewPerson): Promise<AddedPerson> {
  const { tenantId, givenName, familyName, unitId = null } = given;
  await read(store, (tx) => requireRole(tx, actor, 'administer', { tenantId, unitId }, store.now()));
  if (given.password !== null) checkPassword(given.password);
  const numen = given.numen === undefined ? undefined : parseNumen(given.numen);
  if (given.numen !== undefined && numen === undefined)
    throw new Refusal('invalidArguments', { description: 'not a NUMEN' });
  const numenHash = numen === undefined ? null : hashNumen(store, numen);
  const passwordHash = given.password === null ? null : await hashWithin(store, given.password);
  return write(store, async (tx) => {
    const at = store.now();
    await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
    await lockNames(tx, tenantId);
    if (given.unitId !== undefined && given.unitId !== null) await requireOpenUnit(tx, tenantId, given.unitId);
    const userName = await decideUserName(tx, given);
    const email = await decideEmail(tx, tenantId, given.email, baseAddress(givenName, familyName || userName));
    const aliases = await decideAliases(tx, tenantId, given.aliases ?? []);
    if (numenHash !== null && (await selectTakenNumens(tx, tenantId, [numenHash])).size > 0)
      throw new Refusal('alreadyExists', { description: 'somebody has this NUMEN' });
    const { externalId = null } = given;
    if (externalId !== null && (await selectKnownExternalIds(tx, tenantId, [externalId])).size > 0)
      throw new Refusal('alreadyExists', { description: `external id ${externalId}` });
    const [registered] = await registerAccounts(
      tx,
      tenantId,
      [
        {
          name: `${givenName} ${familyName}`.trim() || userName,
          email,
          isProvisional: given.isProvisional ?? false,
          aliases,
          unitId,
          quotaOctets: given.quotaOctets ?? null,
          person: {
            userName,
            givenName,
            familyName,
            population: given.population ?? 'staff',
            functionName: given.functionName ?? null,
            passwordHash,
            mustChangePassword: given.mustChangePassword ?? false,
            language: given.language ?? 'fr',
            externalId,
            numenHash,
            birthDate: given.birthDate ?? null,
            recoveryEmail: given.recoveryEmail ?? null,
          },
        },
      ],
      at,
    );
    if (registered?.personId === undefined) throw new Error('registration gave nobody');
    const { accountId, personId } = registered;
    await recordTrace(tx, { tenantId, actor, verb: 'addPerson', at, accountId, details: { userName } });
    return { accountId, personId, userName, email };
  });
}

async function decideUserName(tx: Tx, { tenantId, userName, givenName, familyName }: NewPerson): Promise<string> {
  const selectTaken = (names: readonly string[]) => selectTakenUserNames(tx, tenantId, names);
  if (userName === undefined) {
    const [chosen] = await chooseNames(
      [baseUserName(givenName, familyName)],
      (name) => name,
      selectTaken,
      noneChosen(),
    );
    return chosen ?? '';
  }
  const name = parseUserName(userName);
  if (name === undefined) throw new Refusal('invalidArguments', { description: `not a user name: ${userName}` });
  if ((await selectTaken([name])).has(name)) throw new Refusal('alreadyExists', { description: `user name ${name}` });
  return name;
}

/**
 * The address as it will be kept: the one given, or the first free one on `base` in the tenant's default domain.
 * @throws {Refusal} `invalidArguments`, `alreadyExists`, `noSuchDomain`.
 */
export async function decideEmail(
  tx: Tx,
  tenantId: TenantId,
  email: string | undefined,
  base: string,
): Promise<string> {
  if (email !== undefined) return (await decideAliases(tx, tenantId, [email]))[0] ?? '';
  const domain = (await selectDomains(tx, tenantId))[0]?.name;
  if (domain === undefined) throw new Refusal('noSuchDomain', { description: 'the tenant has no domain yet' });
  return chooseAddress(tx, tenantId, base, domain);
}

/** The first free address on `base` in a domain. */
export async function chooseAddress(tx: Tx, tenantId: TenantId, base: string, domain: string): Promise<string> {
  const [chosen] = await chooseNames(
    [base],
    (local) => `${local}@${domain}`,
    (addresses) => selectTakenAddresses(tx, tenantId, addresses),
    noneChosen(),
  );
  return chosen ?? '';
}

/** @throws {Refusal} `invalidArguments`, `noSuchDomain` when one is not of a domain of the tenant, `alreadyExists`. */
export async function decideAliases(tx: Tx, tenantId: TenantId, given: readonly string[]): Promise<readonly string[]> {
  if (given.length === 0) return [];
  const domains = new Set((await selectDomains(tx, tenantId)).map(({ name }) => name));
  const addresses = given.map((text) => {
    const parsed = parseAddress(text);
    if (!parsed) throw new Refusal('invalidArguments', { description: `not an address: ${text}` });
    if (!domains.has(parsed.domain)) throw new Refusal('noSuchDomain', { description: parsed.domain });
    return parsed.address;
  });
  const [taken] = (await selectTakenAddresses(tx, tenantId, addresses)).keys();
  if (taken !== undefined) throw new Refusal('alreadyExists', { description: `address ${taken}` });
  return addresses;
}
