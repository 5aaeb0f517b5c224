/**
 * Whom an answer goes to, under which subject, by which identity, and how it is threaded (RFC 5322 §3.6.2–3.6.4).
 * Pure: decides from values.
 */
import { baseSubject } from '#formats/message/subject.ts';
import type { EmailAddress, Identity } from '#web/sync/records.ts';

/** What an answer needs to know of the message it answers. */
export interface Answered {
  readonly from: readonly EmailAddress[];
  readonly replyTo: readonly EmailAddress[];
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
  readonly bcc: readonly EmailAddress[];
  readonly subject: string;
  readonly messageId: readonly string[];
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  /** Where a list takes answers (RFC 2369 §3.4 List-Post), plain addresses. */
  readonly listPost: readonly string[];
  /** Addresses the delivery recorded: Delivered-To, X-Original-To. */
  readonly deliveredTo: readonly string[];
}

export type ReplyKind = 'reply' | 'replyAll' | 'replyList';

export interface Recipients {
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
}

const key = (email: string): string => email.trim().toLowerCase();

/** @param own every address of the person, in any case. */
export function planRecipients(of: Answered, kind: ReplyKind, own: ReadonlySet<string>): Recipients {
  const isOwn = ({ email }: EmailAddress) => own.has(key(email));
  const isFromMe = of.from.length > 0 && of.from.every(isOwn);
  // Answering one's own message goes on writing to the same people.
  const senders = isFromMe ? of.to : of.replyTo.length > 0 ? of.replyTo : of.from;
  if (kind === 'replyList' && of.listPost.length > 0) {
    return {
      to: distinct(
        of.listPost.map((email) => ({ name: null, email })),
        new Set(),
      ),
      cc: [],
    };
  }
  const taken = new Set<string>();
  const to = distinct(senders, taken);
  if (kind !== 'replyAll') return { to, cc: isFromMe ? distinct(of.cc, taken) : [] };
  // A list that rewrites Reply-To hides the author: whoever answers all means the author too.
  const others = isFromMe ? of.cc : [...(of.replyTo.length > 0 ? of.from : []), ...of.to, ...of.cc];
  return {
    to: isFromMe
      ? to
      : keepOne(
          to,
          to.filter((it) => !isOwn(it)),
        ),
    cc: distinct(
      others.filter((it) => !isOwn(it)),
      taken,
    ),
  };
}

/** Somebody who writes to themselves alone still answers to somebody. */
function keepOne(all: readonly EmailAddress[], some: readonly EmailAddress[]): readonly EmailAddress[] {
  return some.length > 0 ? some : all;
}

function distinct(addresses: readonly EmailAddress[], taken: Set<string>): readonly EmailAddress[] {
  return addresses.filter(({ email }) => {
    if (email === '' || taken.has(key(email))) return false;
    taken.add(key(email));
    return true;
  });
}

/** `Re:` and `Fwd:` are understood everywhere; those already there, in whatever language, become one (RFC 5322 §3.6.5). */
export function planSubject(subject: string, kind: 'reply' | 'forward'): string {
  const base = stripMarks(subject);
  return kind === 'reply' ? `Re: ${base}` : `Fwd: ${base}`;
}

/** Marks in front go; a list's label stays, as it belongs to the list's own subjects. */
function stripMarks(subject: string): string {
  const line = subject.replace(/\s+/g, ' ').trim();
  const label = /^((?:\[[^[\]]{1,64}\]\s*)*)/.exec(line)?.[1] ?? '';
  const base = baseSubject(line.slice(label.length));
  return `${label}${base.startsWith(label.trim()) ? base.slice(label.trim().length).trimStart() : base}`.trim();
}

/** References of an answer (RFC 5322 §3.6.4); long chains keep their root and their newest ids. */
export function planReferences(of: Pick<Answered, 'messageId' | 'inReplyTo' | 'references'>): {
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
} {
  const before = of.references.length > 0 ? of.references : of.inReplyTo.length === 1 ? of.inReplyTo : [];
  const all = [...new Set([...before, ...of.messageId])];
  const kept = all.length > maxReferences ? [...all.slice(0, 1), ...all.slice(1 - maxReferences)] : all;
  return { inReplyTo: of.messageId, references: kept };
}
const maxReferences = 30;

/** The identity whose address the message came to; else the one it was sent by; else the first. */
export function planIdentity(identities: readonly Identity[], of: Answered | undefined): Identity | undefined {
  if (!of) return identities[0];
  const wanted = [...of.deliveredTo, ...[...of.to, ...of.cc, ...of.bcc, ...of.from].map(({ email }) => email)].map(key);
  for (const address of wanted) {
    const found = identities.find((identity) => key(identity.email) === address);
    if (found) return found;
  }
  return identities[0];
}
