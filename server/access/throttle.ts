/**
 * The brake on guessing, one for every protocol and shared by all processes: failures are rows. Three counts are kept
 * for each attempt. Name and address together stop somebody who tries one account from one place, soon; the name alone
 * and the address alone only much later, so that a guesser elsewhere does not lock the person out, nor one mistaken
 * colleague a whole school behind one address.
 *
 * Where somebody proved who they are in the last weeks, from that network or in that browser, guesses made elsewhere
 * count for nothing: only those made there do. So a thousand guessers lock nobody out of where they usually are.
 */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { keptBy } from './policy.ts';
import {
  countFailure,
  deleteFailures,
  deleteFamiliarUnder,
  deleteFailuresUnder,
  deleteForgotten,
  deleteLongUnseen,
  selectFailures,
  selectFamiliar,
  updateBlocked,
  upsertFamiliar,
} from './queries/throttle.ts';
import { Refusal } from './refusal.ts';

interface Brake {
  readonly prefix: string;
  /** So many failures cost nothing; each one after that doubles the wait. */
  readonly free: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

const brakes = {
  pair: { prefix: 'p', free: 5, firstWaitMs: 2_000, longestWaitMs: 15 * 60_000 },
  name: { prefix: 'n', free: 50, firstWaitMs: 5_000, longestWaitMs: 5 * 60_000 },
  address: { prefix: 'a', free: 300, firstWaitMs: 2_000, longestWaitMs: 5 * 60_000 },
} satisfies Record<string, Brake>;

/** Failures older than this count no more. */
const memoryMs = 6 * 3_600_000;
/** How long a place stays familiar that somebody came from, and how often that is noted. */
const familiarMs = 90 * 86_400_000;
const familiarNotedMs = 86_400_000;
/** Attempts of one name from one address that may wait for each other. */
const waitingPerPair = 64;

export interface Attempt {
  /** Who is tried: a person, or the name as typed when nobody has it. Undefined where there is none (a token). */
  readonly subject: string | undefined;
  readonly remoteAddress: string;
  /** The browser's own token, where it has one (factors/device.ts). */
  readonly deviceToken?: string | undefined;
  /** In the transaction that counts a failure, so that it costs no time of its own. */
  readonly onFailure?: (tx: Tx, at: number) => Promise<void>;
}

/**
 * Runs `work`, which answers whether the proof was right. Attempts on one name from one address go one after the
 * other, so that a thousand at once get no more tries than a thousand in a row.
 *
 * @param work hears whether the person usually comes from there: what is scarce is theirs first.
 * @throws {Refusal} `tryLater` with the seconds to wait, before any work; `tooBusy`; `badCredentials` when `work`
 * answers undefined, and then the failure is counted.
 */
export async function guardAttempt<T>(
  store: Store,
  attempt: Attempt,
  work: (isFamiliar: boolean) => Promise<T | undefined>,
): Promise<T> {
  if (!keptBy(store).policy.isThrottled) return rightOrRefused(await work(true));
  const places = placesOf(attempt);
  return oneAfterTheOther(store, `${attempt.subject ?? ''} ${places.network}`, async () => {
    const { keys, failures, seen } = await read(store, async (tx) => {
      const seenAt = await selectFamiliar(tx, places.familiar);
      const asked = keysOf(places, seenAt, store.now() - familiarMs);
      const failed = await selectFailures(
        tx,
        asked.map(({ key }) => key),
      );
      return { keys: asked, seen: seenAt, failures: failed };
    });
    const now = store.now();
    const waitMs = Math.max(0, ...failures.map(({ blockedUntil }) => blockedUntil - now));
    if (waitMs > 0) throw new Refusal('tryLater', { retryAfterSeconds: Math.ceil(waitMs / 1000) });
    const proof = await work(attempt.subject !== undefined && keys.length < brakesOfStrangers);
    if (proof === undefined) await recordFailure(store, keys, attempt.onFailure);
    else await forgive(store, keys, new Set(failures.map(({ key }) => key)), { familiar: places.familiar, seen });
    return rightOrRefused(proof);
  });
}

function rightOrRefused<T>(proof: T | undefined): T {
  if (proof === undefined) throw new Refusal('badCredentials');
  return proof;
}

interface Key {
  readonly key: string;
  readonly brake: Brake;
}

interface Places {
  readonly network: string;
  /** Undefined where nobody is named. */
  readonly name: string | undefined;
  readonly device: string | undefined;
  /** Under what it is known that the person comes from there: the network, and the browser. */
  readonly familiar: readonly string[];
}

function placesOf({ subject, remoteAddress, deviceToken }: Attempt): Places {
  const network = networkOf(remoteAddress);
  if (subject === undefined) return { network, name: undefined, device: undefined, familiar: [] };
  const name = hashSubject(subject);
  const device = deviceToken === undefined ? undefined : `d-${hashSubject(deviceToken)}`;
  const places = device === undefined ? [network] : [network, device];
  return { network, name, device, familiar: places.map((place) => `${name}:${place}`) };
}

/** How many brakes somebody meets who was never seen there. */
const brakesOfStrangers = 3;

function keysOf({ network, name, device }: Places, seenAt: ReadonlyMap<string, number>, since: number) {
  const isFamiliar = (place: string): boolean => (seenAt.get(`${name}:${place}`) ?? -1) >= since;
  const pair = (place: string): Key => ({ key: `${brakes.pair.prefix}:${name}:${place}`, brake: brakes.pair });
  const address = { key: `${brakes.address.prefix}:${network}`, brake: brakes.address };
  if (name === undefined) return [address];
  if (device !== undefined && isFamiliar(device)) return [pair(device)];
  if (isFamiliar(network)) return [pair(network), address];
  return [pair(network), { key: `${brakes.name.prefix}:${name}`, brake: brakes.name }, address];
}

/** Typed by anybody, hence hashed: of bounded size, and no list of names (or of passwords typed as names). */
function hashSubject(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url').slice(0, 22);
}

/** Wrong passwords typed for somebody, from wherever, and until when (milliseconds since 1970) nobody may try again. */
export async function failuresOf(
  tx: Tx,
  subject: string,
): Promise<{ readonly failures: number; readonly blockedUntil: number }> {
  const [known] = await selectFailures(tx, [`${brakes.name.prefix}:${hashSubject(subject)}`]);
  return known ?? { failures: 0, blockedUntil: 0 };
}

/** Forgets what was typed wrongly for somebody, from every address: they were unlocked, or have another password. */
export async function forgiveSubject(tx: Tx, subject: string): Promise<void> {
  const name = hashSubject(subject);
  await deleteFailures(tx, [`${brakes.name.prefix}:${name}`]);
  await deleteFailuresUnder(tx, `${brakes.pair.prefix}:${name}:`);
}

/** With another password nobody is at home any more: whoever had the old one may have been there too. */
export async function forgetPlaces(tx: Tx, subject: string): Promise<void> {
  await deleteFamiliarUnder(tx, `${hashSubject(subject)}:`);
}

async function recordFailure(store: Store, keys: readonly Key[], onFailure: Attempt['onFailure']): Promise<void> {
  await write(store, async (tx) => {
    const now = store.now();
    await onFailure?.(tx, now);
    // In one order, so that two processes never wait for each other.
    for (const { key, brake } of keys.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
      const failures = await countFailure(tx, key, now, now - memoryMs);
      const waitMs = planWait(failures, brake);
      if (waitMs > 0) await updateBlocked(tx, key, now + waitMs);
      // The table holds no more than what still counts: each key that is new sweeps what is old.
      if (failures === 1) await deleteForgotten(tx, now - memoryMs);
    }
  });
}

/** Milliseconds to wait after so many failures. */
export function planWait(failures: number, { free, firstWaitMs, longestWaitMs }: Omit<Brake, 'prefix'>): number {
  if (failures < free) return 0;
  return Math.min(firstWaitMs * 2 ** Math.min(failures - free, 30), longestWaitMs);
}

/**
 * Who proved who they are starts anew, and is known from there; what others did from the same address stays counted.
 * @param places under what that is noted, and when it was last.
 */
async function forgive(
  store: Store,
  keys: readonly Key[],
  known: ReadonlySet<string>,
  places: { readonly familiar: readonly string[]; readonly seen: ReadonlyMap<string, number> },
): Promise<void> {
  const own = keys.filter(({ key, brake }) => brake !== brakes.address && known.has(key)).map(({ key }) => key);
  const now = store.now();
  const news = places.familiar.filter((key) => (places.seen.get(key) ?? 0) < now - familiarNotedMs);
  if (own.length === 0 && news.length === 0) return;
  await write(store, async (tx) => {
    await deleteFailures(tx, own);
    for (const key of news) await upsertFamiliar(tx, key, now);
    // The table holds no more than what still counts: each place that is new sweeps what is old.
    if (news.some((key) => !places.seen.has(key))) await deleteLongUnseen(tx, now - familiarMs);
  });
}

/** An IPv4 address itself; the /64 of an IPv6 one, for whoever holds one address of it holds them all. */
export function networkOf(address: string): string {
  const plain = address
    .toLowerCase()
    .replace(/%.*$/, '')
    .replace(/^\[|\]$/g, '');
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(plain)) return plain.slice(0, 45);
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  // An address whose end is written as IPv4 has that end in two groups.
  const written = groups.length + rest.length + (plain.includes('.') ? 1 : 0);
  const all = tail === undefined ? groups : [...groups, ...Array.from({ length: 8 - written }, () => '0'), ...rest];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

async function oneAfterTheOther<T>(store: Store, key: string, work: () => Promise<T>): Promise<T> {
  const { attempts } = keptBy(store);
  const line = attempts.get(key) ?? { count: 0, done: Promise.resolve() };
  if (line.count >= waitingPerPair) throw new Refusal('tooBusy', { retryAfterSeconds: 5 });
  attempts.set(key, line);
  line.count += 1;
  const turn = line.done.then(work);
  line.done = turn.then(ignore, ignore);
  try {
    return await turn;
  } finally {
    line.count -= 1;
    if (line.count === 0) attempts.delete(key);
  }
}

const ignore = (): void => undefined;
