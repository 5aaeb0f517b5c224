/**
 * FETCH at work: what the view and the kept texts know at once; the rest in batches, each one statement, the next one read
 * while this one is sent. Everything is gathered into large pieces, and the event loop let go now and then.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

import { type Columns, findUid } from '#server/mail/view/columns.ts';
import { type DetailWants, type EmailDetails, readDetails } from '#server/mail/view/details.ts';
import { selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';
import { MissingObject } from '#server/store/blobs/place.ts';

import type { FetchPlan, OctetItem, PlannedItem } from './plan.ts';
import type { Named } from './positions.ts';
import { keepPrinted, printedOf } from './printed.ts';
import { opened, saySection } from './sections.ts';

/** How long one client may keep the others waiting. */
const turnMs = 8;
const emailsPerBatch = 400;
const bodiesPerBatch = 64;
const octetsPerBatch = 1024 * 1024;

/** @returns how many of the named emails have left meanwhile. */
export async function runFetch(session: Session, plan: FetchPlan, named: Named): Promise<number> {
  const run: Run = {
    session,
    plan,
    named,
    kept: plan.items.map((item) =>
      item.kind === 'message' ? printedOf(session.store, selectedIn(session).accountId, item.key) : undefined,
    ),
    turnEnds: performance.now() + turnMs,
  };
  const { connection } = session;
  const { positions } = named;
  let gone = 0;
  let next = positions.length > 0 ? planBatch(run, 0) : undefined;
  while (next && !connection.isGone) {
    const batch: Batch = next;
    const details = await batch.details;
    next = batch.until < positions.length ? planBatch(run, batch.until) : undefined;
    gone += await sayBatch(run, batch, details ?? noDetails);
  }
  return gone;
}

interface Run {
  readonly session: Session;
  readonly plan: FetchPlan;
  readonly named: Named;
  /** For each item, what was printed before. */
  readonly kept: readonly (ReadonlyMap<number, string> | undefined)[];
  turnEnds: number;
}

type DetailsById = ReadonlyMap<number, EmailDetails>;
const noDetails: DetailsById = new Map();

interface Batch {
  readonly from: number;
  readonly until: number;
  /** Undefined where everything is known already. */
  readonly details: Promise<DetailsById> | undefined;
}

/** The next emails, as many as are worth one statement; those of which all is known cost nothing. */
function planBatch({ session, plan, named, kept }: Run, from: number): Batch {
  const { wants, wantsMessage } = plan;
  const { positions, uids, view } = named;
  const { columns } = view;
  const known = kept.filter((texts) => texts !== undefined);
  if (!wants && known.length === 0) return { from, until: positions.length, details: undefined };
  const most = wants?.blob ? bodiesPerBatch : emailsPerBatch;
  const ids: number[] = [];
  let isAllKept = true;
  let octets = 0;
  let until = from;
  for (; until < positions.length && ids.length < most && octets < octetsPerBatch; until += 1) {
    const place = findUid(columns, uids[positions[until] ?? 0] ?? 0);
    if (place < 0) continue;
    const emailId = columns.emailIds[place] ?? 0;
    const isKept = known.every((texts) => texts.has(emailId));
    if (isKept && !wants) continue;
    isAllKept &&= isKept;
    ids.push(emailId);
    if (wants?.blob) octets += columns.sizesOctets[place] ?? 0;
  }
  if (ids.length === 0) return { from, until, details: undefined };
  const details = read(session, ids, isAllKept && wants ? wants : wantsMessage);
  // Told where it is awaited; until then it is nobody's.
  details.catch(() => undefined);
  return { from, until, details };
}

function read(session: Session, ids: readonly number[], wants: DetailWants): Promise<DetailsById> {
  return readDetails(session.store, whoIn(session).actor, selectedIn(session).accountId, ids, wants);
}

async function sayBatch(run: Run, { from, until }: Batch, details: DetailsById): Promise<number> {
  const { session, named } = run;
  const { connection } = session;
  const { view, uids, positions } = named;
  let gone = 0;
  let place = -1;
  for (let index = from; index < until; index += 1) {
    const position = positions[index] ?? 0;
    const uid = uids[position] ?? 0;
    const { columns } = view;
    // The client's numbers and the view's places run side by side, and are the same while nothing left.
    place += 1;
    if (columns.uids[place] !== uid) place = findUid(columns, uid);
    if (place < 0) {
      gone += 1;
      continue;
    }
    const emailId = columns.emailIds[place] ?? 0;
    const email = { number: position + 1, columns, place, emailId, details: details.get(emailId) };
    const text = printWhole(run, email);
    if (text === undefined) {
      if (email.details) await sayWithOctets(run, email, email.details);
      else gone += 1;
    } else connection.say(text);
    if ((index & 127) !== 127 && !connection.isFull) continue;
    if (connection.isFull) await connection.flush();
    if (connection.isGone) return gone;
    if (performance.now() < run.turnEnds) continue;
    await nextTurn();
    run.turnEnds = performance.now() + turnMs;
  }
  return gone;
}

interface OneEmail {
  readonly number: number;
  readonly columns: Columns;
  readonly place: number;
  readonly emailId: number;
  /** Undefined where nothing needed to be read, and where the email is gone. */
  readonly details: EmailDetails | undefined;
}

/** The whole answer, undefined where octets of the message are needed, or the email is gone. */
function printWhole({ session, plan: { items }, kept }: Run, email: OneEmail): string | undefined {
  const { number, columns, place, emailId, details } = email;
  let text = `* ${number} FETCH (`;
  for (let nth = 0; nth < items.length; nth += 1) {
    const item = items[nth];
    if (item === undefined || item.kind === 'octets') return undefined;
    let printed: string | undefined;
    if (item.kind === 'view') printed = item.print(columns, place);
    else if (item.kind === 'row') printed = details && item.print(details);
    else {
      printed = kept[nth]?.get(emailId);
      if (printed === undefined && details) {
        printed = item.print(details);
        if (printed !== undefined)
          keepPrinted(session.store, selectedIn(session).accountId, item.key, emailId, printed);
      }
    }
    if (printed === undefined) return undefined;
    text += nth === 0 ? printed : ` ${printed}`;
  }
  return `${text})\r\n`;
}

async function sayWithOctets(
  { session, plan: { items }, kept }: Run,
  email: OneEmail,
  details: EmailDetails,
): Promise<void> {
  const { connection } = session;
  const { number, columns, place, emailId } = email;
  const message = opened(details, async (wants) => {
    const found = (await read(session, [emailId], wants)).get(emailId);
    if (!found) throw new MissingObject(`email ${emailId}`);
    return found;
  });
  // What is known comes first: once octets are waited for, places may be others.
  const texts = items.map((item, nth) => textOf(item, kept[nth]?.get(emailId), columns, place, details));
  let failure: { readonly error: unknown } | undefined;
  connection.say(`* ${number} FETCH (`);
  for (const [nth, item] of items.entries()) {
    if (nth > 0) connection.say(' ');
    const text = texts[nth];
    const octets = octetsOf(item);
    if (text !== undefined || !octets) connection.say(text ?? '');
    else {
      try {
        await saySection(connection, message, octets);
      } catch (error) {
        // Within a literal nothing can be told any more: the client would take it for the message.
        if (message.isWithinLiteral) connection.destroy();
        else connection.say(`${octets.label} NIL`);
        failure ??= { error };
      }
    }
  }
  connection.say(')\r\n');
  if (failure) throw failure.error;
}

function textOf(
  item: PlannedItem,
  kept: string | undefined,
  columns: Columns,
  place: number,
  details: EmailDetails,
): string | undefined {
  switch (item.kind) {
    case 'view':
      return item.print(columns, place);
    case 'row':
      return item.print(details);
    case 'message':
      return kept ?? item.print(details);
    case 'octets':
      return undefined;
  }
}

function octetsOf(item: PlannedItem): OctetItem | undefined {
  return item.kind === 'octets' || item.kind === 'message' ? item.item : undefined;
}
