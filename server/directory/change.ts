/**
 * Changing what the administration knows of somebody: names, place in the tree, addresses. Rows alone: who may change
 * it, and what else happens in the same transaction, is for the verbs of the console and of other directories. Imports judge
 * five hundred at once (import-decide.ts), and write by the same rows.
 */
import type { Actor } from '#server/access/actor.ts';
import { hashNumen, parseNumen } from '#server/access/numen.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { PersonId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { parseAddress } from './address.ts';
import { addAliasesIn, makeFirstIn, removeAliasIn } from './alias.ts';
import { readBirthDate } from './import-row.ts';
import { parseUserName } from './names.ts';
import { selectAddresses } from './queries/addresses.ts';
import { type KnownProfile, type Profile, selectProfile } from './queries/change.ts';
import { lockNames } from './queries/institution.ts';
import { selectKnownExternalIds, selectTakenNumens, selectTakenUserNames } from './queries/people.ts';
import { requireOpenUnit } from './unit.ts';
import { nameAfter, traceChange, writeProfile } from './write-profile.ts';

type Changes<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** Undefined, or not there: stays as it is. */
export interface ProfileChange extends Changes<Omit<Profile, 'numenHash'>> {
  /** Of thirteen characters; kept as a keyed hash. */
  readonly numen?: string | undefined;
  /** The first address; the one before stays as an alias. */
  readonly email?: string | undefined;
  readonly addedAliases?: readonly string[] | undefined;
  readonly removedAliases?: readonly string[] | undefined;
}

/**
 * What is given is changed, the rest stays. A name as recipients see it that was made of the two names follows them.
 * A recovery address that its holder verified stays theirs.
 * @returns the names of what is different now: nothing is written, and nothing traced, where nothing is.
 * @throws {Refusal} `invalidProperties` naming what is wrong, `alreadyExists`, `noSuchUnit`, `noSuchDomain`,
 * `noSuchPerson`.
 */
export async function changeProfileIn(
  store: Store,
  tx: AccountTx,
  actor: Actor,
  personId: PersonId,
  change: ProfileChange,
  at: number,
): Promise<readonly string[]> {
  const { tenantId } = tx;
  await lockNames(tx, tenantId);
  const before = await selectProfile(tx, { tenantId, personId });
  if (!before) throw new Refusal('noSuchPerson');
  const after = planProfile(before, change, (numen) => hashNumen(store, numen));
  await requireFree(tx, before, after);
  const changed = await writeProfile(tx, personId, before, after, at);
  const all = [...changed, ...(await changeAddresses(tx, change, at))];
  if (all.length > 0)
    await traceChange(tx, { actor, verb: 'changePerson', personId, changed: all, unitId: after.unitId }, at);
  return all;
}

const textCharacters = 200;
const languageForm = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/;

/** @throws {Refusal} `invalidProperties`. */
function planProfile(before: KnownProfile, change: ProfileChange, hashOf: (numen: string) => string): Profile {
  const userName = change.userName === undefined ? before.userName : parseUserName(change.userName);
  const numen = change.numen === undefined ? undefined : parseNumen(change.numen);
  const birthDate = change.birthDate == null ? change.birthDate : readBirthDate(change.birthDate);
  const recoveryEmail =
    change.recoveryEmail == null ? change.recoveryEmail : parseAddress(change.recoveryEmail)?.address;
  const { givenName = before.givenName, familyName = before.familyName, quotaOctets = before.quotaOctets } = change;
  const language = (change.language ?? before.language).toLowerCase();
  const { population = before.population, externalId = before.externalId, unitId = before.unitId } = change;
  const { functionName = before.functionName } = change;
  const wrong = [
    ...(userName === undefined ? ['userName'] : []),
    ...(change.numen !== undefined && numen === undefined ? ['numen'] : []),
    ...(change.birthDate != null && birthDate === undefined ? ['birthDate'] : []),
    ...(change.recoveryEmail != null && recoveryEmail === undefined ? ['recoveryEmail'] : []),
    ...(isText(`${givenName}${familyName}`) && `${givenName}${familyName}`.trim() !== '' ? [] : ['familyName']),
    ...(isText(population) && population.trim() !== '' ? [] : ['population']),
    ...(isText(functionName ?? '') ? [] : ['functionName']),
    ...(isText(externalId ?? '') ? [] : ['externalId']),
    ...(languageForm.test(language) ? [] : ['language']),
    ...(quotaOctets === null || (Number.isSafeInteger(quotaOctets) && quotaOctets >= 0) ? [] : ['quotaOctets']),
    ...(isText(change.name ?? '') ? [] : ['name']),
  ];
  if (wrong.length > 0 || userName === undefined) throw new Refusal('invalidProperties', { properties: wrong });
  const name = change.name?.trim() || nameAfter(before, { givenName, familyName });
  return {
    userName,
    givenName,
    familyName,
    name: name === '' ? userName : name,
    unitId,
    population,
    functionName: functionName === '' ? null : functionName,
    language,
    externalId: externalId === '' ? null : externalId,
    quotaOctets,
    numenHash: numen === undefined ? before.numenHash : hashOf(numen),
    birthDate: birthDate === undefined ? before.birthDate : birthDate,
    recoveryEmail: recoveryEmail === undefined || before.isRecoveryVerified ? before.recoveryEmail : recoveryEmail,
  };
}

const nobody: KnownProfile = {
  userName: 'nobody',
  givenName: '',
  familyName: '',
  name: '',
  unitId: null,
  population: 'staff',
  functionName: null,
  language: 'fr',
  externalId: null,
  quotaOctets: null,
  numenHash: null,
  birthDate: null,
  recoveryEmail: null,
  isRecoveryVerified: false,
};

/** What is said of somebody who is not there yet, checked and as it would be kept. @throws {Refusal} `invalidProperties`. */
export function checkProfile(given: ProfileChange): Omit<Profile, 'numenHash'> {
  return planProfile(nobody, given, () => '');
}

function isText(text: string): boolean {
  return text.length <= textCharacters && !/\p{Cc}/u.test(text);
}

/** @throws {Refusal} `alreadyExists`, `noSuchUnit`. */
async function requireFree(
  tx: AccountTx,
  before: Profile,
  { userName, externalId, numenHash, unitId }: Profile,
): Promise<void> {
  const { tenantId } = tx;
  if (userName !== before.userName && (await selectTakenUserNames(tx, tenantId, [userName])).has(userName))
    throw new Refusal('alreadyExists', { description: `user name ${userName}` });
  if (externalId !== null && externalId !== before.externalId)
    if ((await selectKnownExternalIds(tx, tenantId, [externalId])).has(externalId))
      throw new Refusal('alreadyExists', { description: `external id ${externalId}` });
  if (numenHash !== null && numenHash !== before.numenHash)
    if ((await selectTakenNumens(tx, tenantId, [numenHash])).size > 0)
      throw new Refusal('alreadyExists', { description: 'somebody has this NUMEN' });
  if (unitId !== null && unitId !== before.unitId) await requireOpenUnit(tx, tenantId, unitId);
}

async function changeAddresses(
  tx: AccountTx,
  { email, addedAliases = [], removedAliases = [] }: ProfileChange,
  at: number,
): Promise<readonly string[]> {
  const { tenantId, accountId } = tx;
  if (email === undefined && addedAliases.length === 0 && removedAliases.length === 0) return [];
  const known = await selectAddresses(tx, tenantId, accountId);
  const first = known.find(({ kind }) => kind !== 'alias')?.address;
  const folded = email === undefined ? undefined : parseAddress(email)?.address;
  if (email !== undefined && folded === undefined)
    throw new Refusal('invalidProperties', { properties: ['email'], description: `not an address: ${email}` });
  const isNewFirst = folded !== undefined && folded !== first;
  if (isNewFirst) await makeFirstIn(tx, folded, at);
  const own = new Set([...known.map(({ address }) => address), ...(folded === undefined ? [] : [folded])]);
  const added = addedAliases.filter((alias) => !own.has(parseAddress(alias)?.address ?? ''));
  if (added.length > 0) await addAliasesIn(tx, added, at);
  for (const alias of removedAliases) await removeAliasIn(tx, alias);
  return [...(isNewFirst ? ['email'] : []), ...(added.length > 0 || removedAliases.length > 0 ? ['aliases'] : [])];
}
