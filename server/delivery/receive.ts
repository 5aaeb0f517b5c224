/**
 * The road of a message in: authenticate, judge, deliver. Each stop writes its verdict to the arrival; a stop that
 * fails throws, which the head says as "try again later": never a loss.
 */
import { randomUUIDv7 } from 'node:crypto';

import { parseMessage } from '#formats/message/parse.ts';
import { Refusal } from '#server/access/refusal.ts';
import { asUuid } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import type { Arrival, Verdict } from './arrival.ts';
import { authenticate, type Authentication, type DnsResolver } from './authenticate.ts';
import { deliver, type Delivered, deliverEach, type DeliveredEach } from './deliver.ts';
import { judge, mostHops } from './judge.ts';
import { printReceived } from './received.ts';
import type { Recipient } from './recipient.ts';

/** What SMTP told of the other side. */
export interface Sender {
  readonly mailFrom: string;
  readonly remoteAddress: string;
  readonly helloName: string;
  /** `TLSv1.3 TLS_AES_256_GCM_SHA384`; null in clear text. */
  readonly tls: string | null;
  /** ESMTP, ESMTPS, UTF8SMTPS … as `Received` names it (RFC 3848, RFC 6531 §4.3). */
  readonly protocol: string;
}

export interface ReceiveOptions {
  readonly hostName: string;
  /** undefined: nothing is looked up (laboratory mode), and nothing is held against anybody. */
  readonly resolver: DnsResolver | undefined;
}

/**
 * A message from another server, by MX.
 * @returns one outcome a recipient.
 * @throws {Refusal} `mayNot` when its domain asks that it be rejected, `wouldLoop`.
 * @throws {StoreUnavailable}
 */
export async function receiveFromOutside(
  store: Store,
  octets: Buffer,
  sender: Sender,
  recipients: readonly Recipient[],
  options: ReceiveOptions,
): Promise<{ readonly reference: string; readonly outcomes: readonly Delivered[] }> {
  if (countHops(octets) > mostHops) throw new Refusal('wouldLoop');
  const at = store.now();
  const id = asUuid(randomUUIDv7());
  const authentication = options.resolver
    ? await authenticate(octets, { ...sender, hostName: options.hostName }, options.resolver)
    : null;
  const verdicts: readonly Verdict[] = [judge(authentication)];
  if (verdicts.some((each) => each.verdict === 'refuse')) {
    throw new Refusal('mayNot', { description: "rejected, as the sender's domain asks (DMARC)" });
  }
  const trace = printTrace(id, at, sender, recipients, authentication, options.hostName);
  const arrival: Arrival = { id, at, by: 'mx', ...aboutPeer(sender), authentication, verdicts };
  return { reference: id, outcomes: await deliver(store, Buffer.concat([trace, octets]), arrival, recipients) };
}

/** A message from the server in front of us, by LMTP, which checked it: kept octet for octet as it is. */
export async function receiveFromFront(
  store: Store,
  octets: Uint8Array,
  sender: Sender,
  recipients: readonly Recipient[],
): Promise<{ readonly reference: string; readonly outcomes: readonly DeliveredEach[] }> {
  const id = asUuid(randomUUIDv7());
  const about = { authentication: null, verdicts: [] };
  const arrival: Arrival = { id, at: store.now(), by: 'lmtp', ...aboutPeer(sender), ...about };
  return { reference: id, outcomes: await deliverEach(store, octets, arrival, recipients) };
}

function aboutPeer({ mailFrom, remoteAddress, helloName, tls }: Sender) {
  return { mailFrom, remoteAddress, helloName, tls };
}

function countHops(octets: Uint8Array): number {
  const { headers } = parseMessage(octets.subarray(0, headerOctets));
  return headers.filter((field) => field.name.toLowerCase() === 'received').length;
}

/** Enough for a hundred hops. */
const headerOctets = 128 * 1024;

/** Return-Path, Received and what was found out, above what came (RFC 5321 §4.4, RFC 8601 §4). */
function printTrace(
  id: string,
  at: number,
  sender: Sender,
  recipients: readonly Recipient[],
  authentication: Authentication | null,
  hostName: string,
): Buffer {
  // With several recipients none is named: the others' addresses are nobody's business (RFC 5321 §7.6).
  const forWhom = recipients.length === 1 ? recipients[0]?.address : undefined;
  const received = printReceived({ ...sender, hostName, id, at, forWhom });
  return Buffer.from(`Return-Path: <${sender.mailFrom}>\r\n${authentication?.headers ?? ''}${received}`);
}
