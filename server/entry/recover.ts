/**
 * Getting in again without the password. Whoever asks gets the same answer in the same time, because nobody has looked
 * yet who they are: what was asked is kept, and a job looks, and sends a code to the recovery address where everything
 * fits. The code opens a login whose first page is that of a new password; second factors stay what they are.
 */
import { timingSafeEqual } from 'node:crypto';

import { operator } from '#server/access/actor.ts';
import { mayAsk } from '#server/access/asking.ts';
import { entryPolicyOf } from '#server/access/entry-policy.ts';
import { beginLogin, type Begun, type Browser } from '#server/access/login.ts';
import { hashNumen, parseNumen } from '#server/access/numen.ts';
import { type PasswordDirectory, passwordDirectoryIn } from '#server/access/password-place.ts';
import { Refusal } from '#server/access/refusal.ts';
import { networkOf } from '#server/access/throttle.ts';
import { hashToken, newToken } from '#server/access/token.ts';
import { findHolder, holderOf, subjectOf } from '#server/access/verify.ts';
import { listTenants } from '#server/directory/tenant.ts';
import { readBirthDate } from '#server/directory/import-row.ts';
import { recordTrace } from '#server/records/trace.ts';
import { enqueueJob, finishJob, type Job, wakeRunners } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { codeMinutes, codeMs, hashCode, newCode, type Tried, tryCode } from './code.ts';
import { sendLetter } from './letter.ts';
import { deleteEntryCode, insertEntryCode, type Person, selectPerson, updateCode } from './queries.ts';
import { words } from './words.ts';

export interface Asked {
  /** User name or e-mail address, as typed. */
  readonly name: string;
  /** As typed; one of the two at least, or nothing is ever sent. */
  readonly birthDate: string;
  readonly numen: string;
  readonly remoteAddress: string;
}

export const recoverKind = 'recover';

interface Payload extends Pick<Asked, 'name' | 'remoteAddress'> {
  readonly tokenHash: string;
  readonly birthDate: string | null;
  readonly numenHash: string | null;
}

const fieldCharacters = 320;
const asksPerNetwork = { most: 60, withinMs: 3_600_000 };
const mailsPerPerson = { most: 3, withinMs: 3 * 3_600_000 };

/**
 * Takes the request, whoever it is for.
 * @returns what the code must come with.
 * @throws {Refusal} `rateLimited` when too much is asked from one network.
 */
export async function askToRecover(store: Store, asked: Asked): Promise<string> {
  if (!(await mayAsk(store, { of: `recover ${networkOf(asked.remoteAddress)}`, ...asksPerNetwork })))
    throw new Refusal('rateLimited', { retryAfterSeconds: asksPerNetwork.withinMs / 1000 });
  const ticket = newToken();
  const tokenHash = hashToken(ticket);
  const numen = parseNumen(asked.numen);
  const payload: Payload = {
    tokenHash,
    name: asked.name.slice(0, fieldCharacters),
    birthDate: readBirthDate(asked.birthDate.trim().slice(0, 10)) ?? null,
    numenHash: numen === undefined ? null : hashNumen(store, numen),
    remoteAddress: asked.remoteAddress,
  };
  const at = store.now();
  // A job belongs to a tenant, and whose this is nobody knows yet.
  const tenantId = (await listTenants(store, operator))[0]?.id;
  if (tenantId === undefined) return ticket;
  await write(store, async (tx) => {
    const ends = { createdAt: at, expiresAt: at + codeMs };
    const nobodyYet = { who: undefined, address: null, codeHash: '' };
    await insertEntryCode(tx, { tokenHash, purpose: 'recover', ...nobodyYet, ...ends });
    await enqueueJob(tx, { tenantId, kind: recoverKind, payload, runAt: at }, at);
  });
  wakeRunners(store);
  return ticket;
}

export interface RecoverOptions {
  /** For Message-ID. */
  readonly hostName: string;
  /** IANA: of the dates in the letters. */
  readonly timeZone: string;
}

/** The job: looks who it is, and sends the code where everything fits. */
export async function lookAndSend(store: Store, options: RecoverOptions, job: Job): Promise<void> {
  // Ours alone write this kind.
  const payload = job.payload as Payload;
  const found = await findFitting(store, payload);
  if (found?.directory) await sayWhere(store, options, found.person, found.directory);
  else if (found) await sendCode(store, options, payload, found.person);
  await write(store, (tx) => finishJob(tx, job));
}

interface Fitting {
  readonly person: Person;
  /** Where their password is kept, and changed; undefined for here. */
  readonly directory: PasswordDirectory | undefined;
}

async function findFitting(store: Store, payload: Payload): Promise<Fitting | undefined> {
  const holder = await findHolder(store, { userName: payload.name });
  if (!holder) return undefined;
  const { tenantId, accountId } = holder;
  const at = store.now();
  const { person, isOpen, directory } = await read(store, async (tx) => ({
    directory: await passwordDirectoryIn(tx, holder, at),
    person: await selectPerson(tx, holder),
    isOpen: (await entryPolicyOf(tx, tenantId)).recovery.isOpen,
  }));
  const fit = fits(payload, { birthDate: person?.birthDate ?? null, numenHash: holder.numenHash });
  const outcome = !fit
    ? 'doesNotFit'
    : !isOpen || holder.state !== 'active' || holder.activatedAt === null
      ? 'mayNot'
      : person?.recoveryEmail == null || !person.isVerified
        ? 'noAddress'
        : !(await mayAsk(store, { of: `recoverMail ${subjectOf(holder)}`, ...mailsPerPerson }))
          ? 'tooMany'
          : directory
            ? 'elsewhere'
            : 'sent';
  const actor = { kind: 'system', as: 'job', from: payload.remoteAddress } as const;
  const details = { of: holder.personId, outcome };
  await write(store, (tx) => recordTrace(tx, { tenantId, actor, verb: 'askToRecover', at, accountId, details }));
  return person && (outcome === 'sent' || outcome === 'elsewhere') ? { person, directory } : undefined;
}

/** One of the two at least is right, and none is wrong. Pure. */
export function fits(
  given: { readonly birthDate: string | null; readonly numenHash: string | null },
  known: { readonly birthDate: string | null; readonly numenHash: string | null },
): boolean {
  const dates = compare(given.birthDate, known.birthDate);
  const numens = compare(given.numenHash, known.numenHash);
  return dates !== 'wrong' && numens !== 'wrong' && (dates === 'right' || numens === 'right');
}

function compare(given: string | null, known: string | null): 'right' | 'wrong' | 'untold' {
  if (given === null || known === null) return 'untold';
  const [one, other] = [Buffer.from(given), Buffer.from(known)];
  return one.length === other.length && timingSafeEqual(one, other) ? 'right' : 'wrong';
}

async function sayWhere(
  store: Store,
  { hostName, timeZone }: RecoverOptions,
  person: Person,
  { provider, settings }: PasswordDirectory,
): Promise<void> {
  const date = dateText(person.language, timeZone, store.now());
  const about = { account: person.email, date, name: provider.name, url: settings.recoveryUrl };
  const letter = words[person.language].recoverElsewhere(about);
  await sendLetter(store, { person, to: person.recoveryEmail ?? '', letter, hostName });
}

async function sendCode(
  store: Store,
  { hostName, timeZone }: RecoverOptions,
  { tokenHash, remoteAddress }: Payload,
  person: Person,
): Promise<void> {
  const code = newCode();
  const at = store.now();
  const address = person.recoveryEmail ?? '';
  const codeHash = hashCode(store, tokenHash, code);
  const isThere = await write(store, (tx) => updateCode(tx, tokenHash, { who: person, address, codeHash, at }));
  if (!isThere) return;
  const date = dateText(person.language, timeZone, at);
  const about = { code, minutes: codeMinutes, account: person.email, date, from: remoteAddress };
  await sendLetter(store, { person, to: address, letter: words[person.language].recover(about), hostName });
}

export function dateText(language: 'fr' | 'en', timeZone: string, at: number): string {
  const locale = language === 'en' ? 'en-GB' : 'fr-FR';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone }).format(at);
}

/** With the right code a login begins, whose first page is that of a new password. @throws {Refusal} `accountLocked`. */
export async function recoverByCode(
  store: Store,
  { ticket, typed, browser }: { readonly ticket: string; readonly typed: string; readonly browser: Browser },
): Promise<Exclude<Tried, { kind: 'right' }> | { readonly kind: 'done'; readonly begun: Begun }> {
  const tokenHash = hashToken(ticket);
  const tried = await write(store, async (tx) => {
    const outcome = await tryCode(store, tx, { tokenHash, purpose: 'recover', typed });
    if (outcome.kind === 'right') await deleteEntryCode(tx, tokenHash);
    return outcome;
  });
  if (tried.kind !== 'right') return tried;
  const { who } = tried.row;
  const holder = who && (await holderOf(store, who));
  if (!holder) return { kind: 'over' };
  return { kind: 'done', begun: await beginLogin(store, holder, browser, ['password']) };
}
