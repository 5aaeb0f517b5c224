/**
 * Doing what the filters of an account want, in the transaction that files the message: places, flags, letters to be
 * sent, what is to be remembered, and the passport that tells all of it. All of it is there or none. Whatever cannot be
 * done leaves the message in the inbox.
 */
import { sieveErrorText } from '#formats/sieve/error-text.ts';
import type { Destination } from '#formats/sieve/types.ts';
import type { SystemActor } from '#server/access/actor.ts';
import { fileMessage, type Filing } from '#server/mail/emails/file.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import { type NewStop, recordStops } from '#server/mail/emails/passport.ts';
import { type Keywords, keywordsOf, wordsOf } from '#server/mail/keywords.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { recordTrace, type TraceDetails } from '#server/records/trace.ts';
import type { EmailId, MailboxId, Uuid } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';
import { dispatchIn } from '#server/submission/dispatch.ts';

import { destinationFinder, type FindDestination } from '#server/filters/destination.ts';
import { asKeywords } from '#server/filters/flags.ts';
import { type Denied, words } from '#server/filters/letters/words.ts';
import { filterPolicy } from '#server/filters/policy.ts';
import { remember, selectRemembered } from '#server/filters/queries/memory.ts';
import { duplicateKey } from '#server/filters/world.ts';
import type { FilterPlan, PlannedFiling, PlannedLetter } from './plan.ts';

/** How the message would be filed without any filter, and how it came. */
export interface Usual {
  readonly filing: Filing;
  readonly arrivalId: Uuid;
  /** The hand-over may be repeated: it must be known that it was done, even where no email is left of it. */
  readonly mayComeAgain: boolean;
}

export type Performed =
  /** `faults`: sentences for the owner, in their language. */
  | { readonly kind: 'done'; readonly faults: readonly string[] }
  /** Something the plan stands on is not as it was. */
  | { readonly kind: 'again' };

const dayMs = 86_400_000;
const actor: SystemActor = { kind: 'system', as: 'delivery' };

/** @throws {Refusal} `rejected` where the script says so; `overQuota`, `tooMany` mailboxes. */
export async function performFilters(
  store: Store,
  tx: AccountTx,
  message: ReadMessage,
  plan: FilterPlan,
  usual: Usual,
): Promise<Performed> {
  const { accountId } = tx;
  const { at } = plan.head;
  if (usual.mayComeAgain && (await selectRemembered(tx, accountId, 'arrival', usual.arrivalId, at)) > 0)
    return { kind: 'done', faults: [] };
  for (const { key, wasSeen } of plan.asked) {
    if ((await selectRemembered(tx, accountId, 'duplicate', key, at)) > 0 !== wasSeen) return { kind: 'again' };
  }
  if (plan.refusal) throw plan.refusal;
  const work = openWork(store, tx, plan, usual);
  await sendLetters(work);
  await file(work, message);
  for (const { id, seconds } of plan.duplicates)
    await remember(tx, 'duplicate', duplicateKey(id), at, at + seconds * 1000);
  await leaveTrace(work, message);
  return { kind: 'done', faults: work.faults };
}

interface Work {
  readonly store: Store;
  readonly tx: AccountTx;
  readonly plan: FilterPlan;
  readonly usual: Usual;
  readonly find: FindDestination;
  readonly stops: NewStop[];
  readonly faults: string[];
  readonly filed: EmailId[];
  /** A letter that stood for the message's being kept did not leave. */
  mustKeep: boolean;
}

function openWork(store: Store, tx: AccountTx, plan: FilterPlan, usual: Usual): Work {
  const work: Work = {
    store,
    tx,
    plan,
    usual,
    find: destinationFinder(tx, plan.head.at),
    stops: [],
    faults: [],
    filed: [],
    mustKeep: false,
  };
  if (plan.error) {
    note(work, 'fail', { line: plan.error.line, because: sieveErrorText(plan.error, 'en') });
    work.faults.push(sieveErrorText(plan.error, plan.head.owner.language));
  }
  if (plan.isDiscarded) note(work, 'discard', {});
  for (const { kind, line, why } of plan.withheld) note(work, kind, { line, result: 'withheld', because: why });
  return work;
}

function note(work: Work, action: string, details: Readonly<Record<string, string | number | boolean>>): void {
  const { plan, stops } = work;
  stops.push({ at: plan.head.at, stop: 'filter', details: { script: plan.scriptName, action, ...details } });
}

function blame(work: Work, denied: Denied, what: string): void {
  work.faults.push(words[work.plan.head.owner.language].denied[denied](what));
}

async function sendLetters(work: Work): Promise<void> {
  for (const letter of work.plan.letters) {
    const { kind, line, to, isOutside } = letter;
    const result = await send(work, letter);
    note(work, kind, { line, to: to.join(', '), isOutside, result });
    if (result === 'sent' || result === 'already') continue;
    if (kind !== 'vacation') blame(work, result, to.join(', '));
    if (letter.standsForKeep) work.mustKeep = true;
  }
}

/** In what comes first: what was denied, who was answered already, what the day still allows. */
async function send(work: Work, letter: PlannedLetter): Promise<'sent' | 'already' | Denied> {
  const { store, tx, plan } = work;
  const { at } = plan.head;
  const { kind, to, dispatch, denied, once, copy, isOutside } = letter;
  if (denied || !dispatch) return denied ?? 'forbidden';
  const onceKey = once && duplicateKey(once.key);
  if (onceKey !== undefined && (await selectRemembered(tx, tx.accountId, 'vacation', onceKey, at)) > 0)
    return 'already';
  const day = `${kind} ${new Date(at).toISOString().slice(0, 10)}`;
  if ((await selectRemembered(tx, tx.accountId, 'sent', day, at)) >= filterPolicy(store).sentPerDay) return 'tooMany';
  const submission = await dispatchIn(store, tx, dispatch, at);
  await remember(tx, 'sent', day, at, at + dayMs);
  if (once && onceKey !== undefined && once.seconds > 0)
    await remember(tx, 'vacation', onceKey, at, at + once.seconds * 1000);
  if (copy) await fileCopy(work, copy);
  await trace(work, kind === 'redirect' ? 'forward' : kind, { submission, to, isOutside });
  return 'sent';
}

async function fileCopy(
  work: Work,
  { message, destination }: { readonly message: ReadMessage; readonly destination: Destination },
): Promise<void> {
  const { tx, usual } = work;
  const mailboxId = (await work.find(destination)) ?? (await requireMailboxByRole(tx, 'sent', work.plan.head.at));
  const keywords = asKeywords(['\\Seen', ...destination.flags]);
  await fileMessage(tx, message, {
    ...usual.filing,
    mailboxIds: [mailboxId],
    keywords,
    arrivalId: null,
    isDelivery: false,
  });
}

/** One email for all places that want the same message with the same flags. */
async function file(work: Work, message: ReadMessage): Promise<void> {
  const { tx, plan, usual } = work;
  const keep: PlannedFiling = { line: 0, kind: 'keep', destination: null, flags: [], edited: null };
  const filings = [...plan.filings];
  if (work.mustKeep && !filings.some(({ destination }) => destination === null)) filings.push(keep);
  const groups = new Map<string, { mailboxIds: MailboxId[]; keywords: Keywords; message: ReadMessage }>();
  for (const filing of filings) {
    const place = await placeOf(work, filing);
    const edited = filing.edited ?? message;
    const flags = asKeywords(filing.flags);
    const keywords = place.isUsual ? together(flags, usual.filing.keywords) : flags;
    const key = JSON.stringify([edited.staged.hash, keywords]);
    const group = groups.getOrInsertComputed(key, () => ({ mailboxIds: [], keywords, message: edited }));
    group.mailboxIds.push(...place.mailboxIds);
  }
  for (const { mailboxIds, keywords, message: each } of groups.values()) {
    const { emailId } = await fileMessage(tx, each, { ...usual.filing, mailboxIds, keywords });
    work.filed.push(emailId);
  }
}

async function placeOf(
  work: Work,
  { destination, kind, line, flags }: PlannedFiling,
): Promise<{ readonly mailboxIds: readonly MailboxId[]; readonly isUsual: boolean }> {
  const { usual } = work;
  const said = flags.length === 0 ? {} : { flags: flags.join(' ') };
  if (destination === null) {
    note(work, kind, { line, ...said });
    return { mailboxIds: usual.filing.mailboxIds, isUsual: true };
  }
  const mailbox = destination.mailbox;
  const mailboxId = await work.find(destination);
  note(work, kind, { line, mailbox, ...said, ...(mailboxId === undefined && { result: 'noSuchMailbox' }) });
  if (mailboxId !== undefined) return { mailboxIds: [mailboxId], isUsual: false };
  blame(work, 'noSuchMailbox', mailbox);
  return { mailboxIds: usual.filing.mailboxIds, isUsual: true };
}

function together(one: Keywords, other: Keywords): Keywords {
  return keywordsOf([...wordsOf(one), ...wordsOf(other)]);
}

/** The passport of what is filed; the institution's trace of what is not. */
async function leaveTrace(work: Work, message: ReadMessage): Promise<void> {
  const { tx, usual, plan, stops, filed } = work;
  for (const emailId of filed) await recordStops(tx, emailId, stops);
  if (filed.length > 0) return;
  const { at } = plan.head;
  if (usual.mayComeAgain) await remember(tx, 'arrival', usual.arrivalId, at, at + 7 * dayMs);
  const actions = stops.map(({ details }) => String(details['action']));
  await trace(work, 'filterAway', { arrival: usual.arrivalId, hash: message.staged.hash, actions });
}

async function trace({ tx, plan }: Work, verb: string, details: TraceDetails): Promise<void> {
  const { tenantId, accountId } = tx;
  const about = { script: plan.scriptName, ...details };
  await recordTrace(tx, { tenantId, actor, verb, at: plan.head.at, accountId, details: about });
}
