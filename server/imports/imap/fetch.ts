/**
 * Fetching messages by uid, in windows of bounded size. A window that fails is asked for again one by one, so that the
 * one message an old server cannot give, or gives too large, is found and passed over.
 */
import type { ImapFlow } from 'imapflow';

import type { MessageProblem } from '#server/imports/record.ts';
import { failureOf, isLineOpen, isTooLarge, saysLater, SourceFailure } from './connect.ts';
import type { Guard } from './guard.ts';
import { type ListedMessage, openMailbox } from './listing.ts';

export interface FetchLimits {
  /** Larger messages are not asked for. */
  readonly messageOctets: number;
}

export type Fetched =
  | { readonly kind: 'message'; readonly listed: ListedMessage; readonly octets: Uint8Array }
  | { readonly kind: 'refused'; readonly listed: ListedMessage; readonly reason: MessageProblem };

/** What brought a connection down, by uid, over the connections of one run. */
export type Suspects = Map<number, { times: number; isTooLarge: boolean }>;

const windowLimits = { messages: 100, octets: 8 * 1024 * 1024 };
const overheadOctets = 4096;
/** So often a message may be under way when the connection breaks before it is taken for the cause. */
const mostBreaks = 2;

/**
 * Gives each message once, ascending.
 * @throws {SourceFailure} when the connection is lost; the message under way is then noted in `suspects`.
 */
export async function* fetchMessages(
  client: ImapFlow,
  messages: readonly ListedMessage[],
  guard: Guard,
  suspects: Suspects,
  limits: FetchLimits,
): AsyncGenerator<Fetched> {
  for (const window of windowsOf(messages, suspects)) {
    const wanted: ListedMessage[] = [];
    const refused: Fetched[] = [];
    for (const listed of window) {
      const reason = reasonAgainst(listed, suspects, limits);
      if (reason === undefined) wanted.push(listed);
      else refused.push({ kind: 'refused', listed, reason });
    }
    yield* refused;
    yield* fetchWindow(client, wanted, guard, suspects);
  }
}

function reasonAgainst(
  { uid, sizeOctets }: ListedMessage,
  suspects: Suspects,
  limits: FetchLimits,
): MessageProblem | undefined {
  const suspect = suspects.get(uid);
  if (sizeOctets > limits.messageOctets || suspect?.isTooLarge === true) return 'tooLarge';
  return suspect !== undefined && suspect.times >= mostBreaks ? 'unreadable' : undefined;
}

async function* fetchWindow(
  client: ImapFlow,
  wanted: readonly ListedMessage[],
  guard: Guard,
  suspects: Suspects,
): AsyncGenerator<Fetched> {
  const missing = new Map(wanted.map((listed) => [listed.uid, listed]));
  try {
    yield* ask(client, missing, guard);
  } catch (error) {
    // Nobody's fault, and the same for every message.
    if (saysLater(error)) throw failureOf(error, client);
    if (!isLineOpen(client) || error instanceof SourceFailure) {
      const failure = failureOf(error, client);
      // A server that said goodbye has nothing against the message that was next.
      if (client.byeReason === undefined) accuse(suspects, missing, failure);
      throw failure;
    }
    if (wanted.length === 1) {
      for (const listed of wanted) yield { kind: 'refused', listed, reason: 'unreadable' };
      return;
    }
    // The server said no to the whole: one of them is at fault.
    for (const listed of missing.values()) yield* fetchWindow(client, [listed], guard, suspects);
    return;
  }
  for (const listed of missing.values()) yield { kind: 'refused', listed, reason: 'gone' };
}

/** Takes out of `missing` what comes. */
async function* ask(client: ImapFlow, missing: Map<number, ListedMessage>, guard: Guard): AsyncGenerator<Fetched> {
  if (missing.size === 0) return;
  openMailbox(client);
  const claimed = [...missing.values()].reduce((sum, { sizeOctets }) => sum + sizeOctets, 0);
  // Some servers count line ends otherwise than they send them.
  guard.expect(claimed * 2 + missing.size * overheadOctets + windowLimits.octets);
  const set = printUidSet([...missing.keys()]);
  for await (const { uid, source } of client.fetch(set, { uid: true, source: true }, { uid: true })) {
    const listed = missing.get(uid);
    if (!listed || !source) continue;
    missing.delete(uid);
    guard.touch();
    yield { kind: 'message', listed, octets: source };
    guard.touch();
  }
  openMailbox(client);
}

function accuse(suspects: Suspects, missing: ReadonlyMap<number, ListedMessage>, error: unknown): void {
  const [uid] = missing.keys();
  if (uid === undefined) return;
  const times = (suspects.get(uid)?.times ?? 0) + 1;
  // Of several only the first may be meant; alone it is.
  suspects.set(uid, { times, isTooLarge: isTooLarge(error) && missing.size === 1 });
}

/** Windows of neighbours; whoever is suspected goes alone. */
function* windowsOf(messages: readonly ListedMessage[], suspects: Suspects): Generator<readonly ListedMessage[]> {
  let window: ListedMessage[] = [];
  let octets = 0;
  for (const listed of messages) {
    const isAlone = suspects.has(listed.uid);
    if (
      window.length > 0 &&
      (isAlone || window.length >= windowLimits.messages || octets + listed.sizeOctets > windowLimits.octets)
    ) {
      yield window;
      window = [];
      octets = 0;
    }
    window.push(listed);
    octets += listed.sizeOctets;
    if (!isAlone) continue;
    yield window;
    window = [];
    octets = 0;
  }
  if (window.length > 0) yield window;
}

/** `1:3,7` (RFC 9051 §9, sequence-set). @param uids ascending. */
export function printUidSet(uids: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const uid of uids) {
    const last = ranges.at(-1);
    if (last && last.to + 1 === uid) last.to = uid;
    else ranges.push({ from: uid, to: uid });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}:${to}`)).join(',');
}
