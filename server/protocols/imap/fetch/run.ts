/**
 * FETCH at work: emails in batches, each batch one statement where the view does not know the answer, the next one read
 * while this one is sent, everything gathered into large pieces, the event loop let go between them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

import { type Columns, findUid } from '#server/mail/view/columns.ts';
import { type EmailDetails, readDetails } from '#server/mail/view/details.ts';
import { MissingObject } from '#server/store/blobs/place.ts';
import { selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';

import type { FetchPlan, PrintItem } from './plan.ts';
import type { Named } from './positions.ts';
import { opened, saySection } from './sections.ts';

/** How long one client may keep the others waiting. */
const turnMs = 8;
const emailsPerBatch = 400;
const octetsPerBatch = 1024 * 1024;
const bodiesPerBatch = 64;

const noDetails: EmailDetails = {
  threadId: 0,
  savedAt: 0,
  envelope: '',
  structure: '',
  preview: '',
  headerFields: null,
  blob: undefined,
};

/** @returns how many of the named emails have left meanwhile. */
export function runFetch(session: Session, plan: FetchPlan, named: Named): Promise<number> {
  return plan.wants ? fetchByBatches(session, plan, named) : fetchFromView(session, plan, named);
}

/** Everything stands in the view: nothing is waited for but the client. */
async function fetchFromView(session: Session, { items }: FetchPlan, named: Named): Promise<number> {
  const { connection } = session;
  const { view, uids, positions } = named;
  const [first, ...others] = items.filter((item) => typeof item === 'function');
  if (!first) return 0;
  let gone = 0;
  let turnEnds = performance.now() + turnMs;
  let { columns } = view;
  let place = 0;
  let text = '';
  for (let index = 0; index < positions.length; index += 1) {
    const position = positions[index] ?? 0;
    const uid = uids[position] ?? 0;
    // The client's numbers and the view's places run side by side, and are the same while nothing left.
    if (index === 0 || columns.uids[(place += 1)] !== uid) place = findUid(columns, uid);
    if (place < 0) gone += 1;
    else {
      text += `* ${position + 1} FETCH (${first(columns, place, noDetails)}`;
      for (const item of others) text += ` ${item(columns, place, noDetails)}`;
      text += ')\r\n';
    }
    if (text.length < 32_768 && (index & 255) !== 255) continue;
    connection.say(text);
    text = '';
    if (connection.isFull) await connection.flush();
    if (connection.isGone) break;
    if (performance.now() > turnEnds) {
      await nextTurn();
      turnEnds = performance.now() + turnMs;
    }
    // Whatever was waited for, the view may have moved on.
    ({ columns } = view);
  }
  connection.say(text);
  return gone;
}

interface Batch {
  readonly from: number;
  readonly until: number;
  readonly details: Promise<ReadonlyMap<number, EmailDetails>>;
}

async function fetchByBatches(session: Session, plan: FetchPlan, named: Named): Promise<number> {
  const { connection } = session;
  const { positions } = named;
  let gone = 0;
  let next: Batch | undefined = positions.length > 0 ? readBatch(session, plan, named, 0) : undefined;
  while (next && !connection.isGone) {
    const batch: Batch = next;
    const details = await batch.details;
    next = batch.until < positions.length ? readBatch(session, plan, named, batch.until) : undefined;
    gone += await sayBatch(session, plan, named, batch, details);
    await nextTurn();
  }
  return gone;
}

function readBatch(session: Session, { wants }: FetchPlan, named: Named, from: number): Batch {
  const { view, uids, positions } = named;
  const { columns } = view;
  const { accountId } = selectedIn(session);
  const most = wants?.blob ? bodiesPerBatch : emailsPerBatch;
  const ids: number[] = [];
  let octets = 0;
  let until = from;
  for (; until < positions.length && ids.length < most && octets < octetsPerBatch; until += 1) {
    const place = findUid(columns, uids[positions[until] ?? 0] ?? 0);
    if (place < 0) continue;
    ids.push(columns.emailIds[place] ?? 0);
    if (wants?.blob) octets += columns.sizesOctets[place] ?? 0;
  }
  if (!wants) throw new TypeError('a batch reads something');
  const details = readDetails(session.store, whoIn(session).actor, accountId, ids, wants);
  // Told where it is awaited; until then it is nobody's.
  details.catch(() => undefined);
  return { from, until, details };
}

async function sayBatch(
  session: Session,
  plan: FetchPlan,
  named: Named,
  { from, until }: Batch,
  details: ReadonlyMap<number, EmailDetails>,
): Promise<number> {
  const { connection } = session;
  const { view, uids, positions } = named;
  const printers = plan.items.filter((item): item is PrintItem => typeof item === 'function');
  let gone = 0;
  for (let index = from; index < until; index += 1) {
    const position = positions[index] ?? 0;
    const { columns } = view;
    const place = findUid(columns, uids[position] ?? 0);
    const found = place < 0 ? undefined : details.get(columns.emailIds[place] ?? 0);
    if (!found) {
      gone += 1;
      continue;
    }
    if (plan.isTextOnly) {
      let text = `* ${position + 1} FETCH (`;
      for (const [nth, print] of printers.entries()) text += (nth === 0 ? '' : ' ') + print(columns, place, found);
      connection.say(`${text})\r\n`);
    } else await sayWithOctets(session, plan, { number: position + 1, columns, place, details: found });
    if (connection.isFull) await connection.flush();
    if (connection.isGone) return gone;
  }
  return gone;
}

interface OneEmail {
  readonly number: number;
  readonly columns: Columns;
  readonly place: number;
  readonly details: EmailDetails;
}

async function sayWithOctets(session: Session, { items }: FetchPlan, email: OneEmail): Promise<void> {
  const { connection, store } = session;
  const { number, columns, place, details } = email;
  const emailId = columns.emailIds[place] ?? 0;
  const message = opened(details, async () => {
    const wants = { envelope: false, structure: false, preview: false, headerFields: false, blob: true };
    const read = await readDetails(store, whoIn(session).actor, selectedIn(session).accountId, [emailId], wants);
    const blob = read.get(emailId)?.blob;
    if (!blob) throw new MissingObject(`email ${emailId}`);
    return blob;
  });
  // What the view says comes first: once octets are waited for, places may be others.
  const texts = items.map((item) => (typeof item === 'function' ? item(columns, place, details) : ''));
  let failure: { readonly error: unknown } | undefined;
  connection.say(`* ${number} FETCH (`);
  for (const [nth, item] of items.entries()) {
    if (nth > 0) connection.say(' ');
    if (typeof item === 'function') connection.say(texts[nth] ?? '');
    else {
      try {
        await saySection(connection, message, item);
      } catch (error) {
        // Within a literal nothing can be told any more: the client would take it for the message.
        if (message.isWithinLiteral) connection.destroy();
        else connection.say(`${item.label} NIL`);
        failure ??= { error };
      }
    }
  }
  connection.say(')\r\n');
  if (failure) throw failure.error;
}
