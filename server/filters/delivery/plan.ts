/**
 * What an account's filters want done with a message, decided before its transaction: scripts are evaluated, letters
 * printed and staged, and nothing is done yet. `perform.ts` does it, in the transaction that files the message.
 */
import { BadField } from '#formats/message/printfield.ts';
import { SieveError } from '#formats/sieve/error.ts';
import type {
  Action,
  Destination,
  DuplicateRecord,
  Finished,
  NotifyAction,
  RedirectAction,
  RejectAction,
  Script,
  SieveInput,
  SieveMessage,
  VacationAction,
  Withheld,
} from '#formats/sieve/types.ts';
import { Refusal } from '#server/access/refusal.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import { ingest } from '#server/mail/ingest.ts';
import { stageBlob } from '#server/store/blobs/store.ts';
import type { AccountId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import type { Dispatch } from '#server/submission/dispatch.ts';

import { mayForwardOutside } from '#server/filters/forwarding.ts';
import {
  cameThrough,
  type Letterhead,
  printAnswer,
  printForward,
  printNotification,
} from '#server/filters/letters/print.ts';
import type { Denied } from '#server/filters/letters/words.ts';
import { type Filters, loadFilters } from '#server/filters/load.ts';
import type { Owner } from '#server/filters/queries/owner.ts';
import { filterPolicy } from '#server/filters/policy.ts';
import { type AskedDuplicate, runScript } from '#server/filters/world.ts';
import { isInForce } from '#server/filters/vacation/script.ts';

/** A message on its way into one account. */
export interface Incoming {
  readonly accountId: AccountId;
  readonly tenantId: TenantId;
  /** The address it came to, as the sender wrote it. */
  readonly address: string;
  /** Empty for the null sender. */
  readonly mailFrom: string;
  readonly remoteAddress: string;
  readonly helloName: string;
  readonly isJunk: boolean;
  readonly message: SieveMessage;
}

/** One place the message is to be filed in. */
export interface PlannedFiling {
  readonly line: number;
  readonly kind: 'keep' | 'fileinto';
  /** Null: where it would go without any filter. */
  readonly destination: Destination | null;
  /** As IMAP says them. */
  readonly flags: readonly string[];
  /** Null: the message as it came. */
  readonly edited: ReadMessage | null;
}

/** A letter that leaves, unless memory or a limit speaks against it. */
export interface PlannedLetter {
  readonly line: number;
  readonly kind: 'redirect' | 'vacation' | 'notify';
  readonly to: readonly string[];
  /** Undefined where it is denied already. */
  readonly dispatch: Dispatch | undefined;
  readonly denied: Denied | undefined;
  readonly isOutside: boolean;
  /** Sent once in so many seconds. */
  readonly once: { readonly key: string; readonly seconds: number } | undefined;
  /** Without the letter the message must be kept. */
  readonly standsForKeep: boolean;
  /** A copy of the letter for its sender (RFC 8580). */
  readonly copy: { readonly message: ReadMessage; readonly destination: Destination } | undefined;
}

export interface FilterPlan {
  readonly head: Letterhead;
  readonly message: SieveMessage;
  /** Of the script, for people. */
  readonly scriptName: string;
  readonly filings: readonly PlannedFiling[];
  readonly letters: readonly PlannedLetter[];
  readonly refusal: Refusal | undefined;
  readonly isDiscarded: boolean;
  readonly duplicates: readonly DuplicateRecord[];
  readonly asked: readonly AskedDuplicate[];
  readonly withheld: readonly Withheld[];
  /** The script failed: the message is kept, and its owner told. */
  readonly error: SieveError | null;
}

/**
 * @param key of the account's filters, by filtersKey.
 * @returns undefined where nothing is active: the message is filed as if there were no filters.
 */
export async function planFilters(store: Store, incoming: Incoming, key: string): Promise<FilterPlan | undefined> {
  const filters = await loadFilters(store, incoming.accountId, key);
  if (!filters) return undefined;
  const at = store.now();
  const head = letterhead(store, filters, at);
  const input = inputFor(store, incoming, filters, at);
  const byScript = filters.active && (await finish(store, incoming, filters.active.script, input));
  const byVacation = await runVacation(store, incoming, filters, byScript?.finished, input);
  const finished = byScript?.finished;
  const actions = [...(finished?.actions ?? [keepAll]), ...(byVacation?.actions ?? []).filter(isVacation)];
  const rejected = actions.find(isReject);
  return {
    head,
    message: incoming.message,
    scriptName: filters.active?.name ?? '',
    filings: await planFilings(store, actions),
    letters: await planLetters(store, incoming, filters, head, actions),
    refusal: rejected && new Refusal('rejected', { description: rejected.reason }),
    isDiscarded: actions.some(({ kind }) => kind === 'discard'),
    duplicates: finished?.duplicates ?? [],
    asked: byScript?.asked ?? [],
    withheld: [...(finished?.withheld ?? []), ...(byVacation?.withheld ?? [])],
    error: finished?.error ?? null,
  };
}

const keepAll: Action = { kind: 'keep', line: 0, isImplicit: true, flags: [], edited: null };

function letterhead(store: Store, { owner, addresses }: Filters, at: number): Letterhead {
  return { owner, addresses, hostName: filterPolicy(store).hostName, at };
}

function inputFor(
  store: Store,
  { message, mailFrom, address, isJunk, remoteAddress, helloName }: Incoming,
  { addresses }: Filters,
  at: number,
): Omit<SieveInput, 'world'> {
  const { hostName, timeZone, redirectsPerMessage } = filterPolicy(store);
  return {
    message,
    envelope: { from: mailFrom, to: address, auth: null },
    environment: {
      name: 'Pli',
      host: hostName,
      domain: hostName.slice(hostName.indexOf('.') + 1),
      location: 'MDA',
      phase: 'during',
      'remote-ip': remoteAddress,
      'remote-host': helloName,
    },
    nowMs: at,
    timeZone,
    spamPercent: isJunk ? 100 : null,
    virus: 0,
    ownAddresses: addresses,
    limits: { redirects: redirectsPerMessage },
  };
}

async function finish(
  store: Store,
  who: Incoming,
  script: Script | SieveError,
  input: Omit<SieveInput, 'world'>,
): Promise<{ readonly finished: Finished; readonly asked: readonly AskedDuplicate[] }> {
  if (!(script instanceof SieveError)) return runScript(store, who, script, input);
  const finished = { actions: [keepAll], error: script, duplicates: [], withheld: [], steps: [] };
  return { finished: { kind: 'finished', ...finished }, asked: [] };
}

/** After the script, unless that answered itself, or wants nothing to do with the message. */
async function runVacation(
  store: Store,
  incoming: Incoming,
  { vacation }: Filters,
  byScript: Finished | undefined,
  input: Omit<SieveInput, 'world'>,
): Promise<Finished | undefined> {
  if (!vacation || !isInForce(vacation.settings, input.nowMs)) return undefined;
  const hasAnswered = byScript?.withheld.length !== 0 && byScript !== undefined;
  const speaksAgainst = byScript?.actions.some(({ kind }) => silencing.includes(kind)) === true;
  if (hasAnswered || speaksAgainst) return undefined;
  return (await runScript(store, incoming, vacation.script, input)).finished;
}

const silencing: readonly Action['kind'][] = ['vacation', 'discard', 'reject', 'ereject'];

function isReject(action: Action): action is RejectAction {
  return action.kind === 'reject' || action.kind === 'ereject';
}

function isVacation(action: Action): action is VacationAction {
  return action.kind === 'vacation';
}

async function planFilings(store: Store, actions: readonly Action[]): Promise<readonly PlannedFiling[]> {
  const ingested = new Map<Uint8Array, Promise<ReadMessage>>();
  const editedOf = async (octets: Uint8Array | null): Promise<ReadMessage | null> =>
    octets && ingested.getOrInsertComputed(octets, () => ingest(store, octets));
  const filings: PlannedFiling[] = [];
  for (const action of actions) {
    if (action.kind !== 'keep' && action.kind !== 'fileinto') continue;
    const { kind, line, flags } = action;
    const destination = action.kind === 'fileinto' ? action : null;
    filings.push({ kind, line, flags, destination, edited: await editedOf(action.edited) });
  }
  return filings;
}

async function planLetters(
  store: Store,
  incoming: Incoming,
  filters: Filters,
  head: Letterhead,
  actions: readonly Action[],
): Promise<readonly PlannedLetter[]> {
  const letters: PlannedLetter[] = [];
  for (const action of actions) {
    if (action.kind === 'redirect') letters.push(await planRedirect(store, incoming, filters, head, action));
    if (action.kind === 'vacation') letters.push(await planAnswer(store, head, action));
    if (action.kind === 'notify') letters.push(...(await planNotification(store, incoming, head, action)));
  }
  return letters;
}

async function planRedirect(
  store: Store,
  { message, mailFrom }: Incoming,
  { owner, addresses }: Filters,
  head: Letterhead,
  action: RedirectAction,
): Promise<PlannedLetter> {
  const letter = {
    line: action.line,
    kind: 'redirect',
    once: undefined,
    copy: undefined,
    standsForKeep: !action.isCopy,
  } as const;
  if (action.to.kind === 'list') {
    return { ...letter, to: [action.to.list], dispatch: undefined, denied: 'list', isOutside: false };
  }
  const { address } = action.to;
  const { isOutside, isForbidden } = await lookOutside(store, owner, [address]);
  const denied: Denied | undefined = isForbidden ? 'forbidden' : cameThrough(message, addresses) ? 'loop' : undefined;
  if (denied) return { ...letter, to: [address], dispatch: undefined, denied, isOutside };
  const staged = await stageBlob(store, printForward(action.edited ?? message.octets, head));
  // Ours, so that SPF holds and its owner hears of a forward that does not arrive; none where there was none (RFC 5228 §4.2).
  const from = mailFrom === '' ? '' : owner.email;
  const mailParameters = action.ret === null ? null : { RET: action.ret };
  const rcptParameters = action.notify === null ? null : { NOTIFY: action.notify.join(',') };
  const dispatch: Dispatch = {
    staged,
    mailFrom: { email: from, parameters: mailParameters },
    recipients: [{ email: address, parameters: rcptParameters }],
  };
  return { ...letter, to: [address], dispatch, denied: undefined, isOutside };
}

async function planAnswer(store: Store, head: Letterhead, action: VacationAction): Promise<PlannedLetter> {
  const octets = printed(() => printAnswer(action, head));
  const { isOutside } = await lookOutside(store, head.owner, [action.to]);
  const { seconds, line } = action;
  return {
    line,
    kind: 'vacation',
    to: [action.to],
    dispatch: octets && (await fromNobody(store, octets, [action.to])),
    denied: octets ? undefined : 'unprintable',
    isOutside,
    once: { key: `${action.handle}\n${action.to.toLowerCase()}`, seconds },
    standsForKeep: false,
    copy: octets && action.fcc ? { message: await ingest(store, octets), destination: action.fcc } : undefined,
  };
}

/** What the message or the script gives may be no field of a header: then no letter is written, and nothing else is lost. */
function printed(print: () => Uint8Array): Uint8Array | undefined {
  try {
    return print();
  } catch (error) {
    if (error instanceof BadField) return undefined;
    throw error;
  }
}

async function planNotification(
  store: Store,
  { message }: Incoming,
  head: Letterhead,
  action: NotifyAction,
): Promise<readonly PlannedLetter[]> {
  const to = [...action.to, ...action.cc];
  const { isOutside, isForbidden } = await lookOutside(store, head.owner, to);
  const octets = printed(() => printNotification(action, message, head));
  return [
    {
      line: action.line,
      kind: 'notify',
      to,
      dispatch: isForbidden || !octets ? undefined : await fromNobody(store, octets, to),
      denied: isForbidden ? 'forbidden' : octets ? undefined : 'unprintable',
      isOutside,
      once: undefined,
      standsForKeep: false,
      copy: octets && action.fcc ? { message: await ingest(store, octets), destination: action.fcc } : undefined,
    },
  ];
}

/** From the null sender: nobody answers a program, and no report comes back (RFC 3834 §3.3). */
async function fromNobody(store: Store, octets: Uint8Array, to: readonly string[]): Promise<Dispatch> {
  return {
    staged: await stageBlob(store, octets),
    mailFrom: { email: '', parameters: null },
    recipients: to.map((email) => ({ email, parameters: { NOTIFY: 'NEVER' } })),
  };
}

/** Outside is whatever is not of the owner's institution, another one on this platform too. */
function lookOutside(
  store: Store,
  owner: Owner,
  addresses: readonly string[],
): Promise<{ readonly isOutside: boolean; readonly isForbidden: boolean }> {
  return read(store, async (tx) => {
    const routes = await Promise.all(addresses.map((address) => findAccountByAddress(tx, address)));
    const isOutside = routes.some((route) => route.kind === 'elsewhere' || route.tenantId !== owner.tenantId);
    return { isOutside, isForbidden: isOutside && !(await mayForwardOutside(tx, owner)) };
  });
}
