/**
 * What joins emails into threads (RFC 8621 §3): they share a message-id, in any of Message-ID, In-Reply-To and
 * References, and the same base subject. Each such pair is hashed to one number, so a lookup is one index read.
 */
import { hash } from 'node:crypto';

import type { Envelope } from '#formats/message/types.ts';
import { threadSubject } from '#formats/message/subject.ts';

/** The nearest ancestors are enough to find the thread; a hostile References line may hold thousands. */
const keysPerEmail = 24;

export function threadKeys(envelope: Envelope): readonly number[] {
  const subject = threadSubject(envelope.subject ?? '');
  const ids = [
    ...(envelope.messageId ?? []),
    ...(envelope.inReplyTo ?? []),
    ...(envelope.references ?? []).toReversed(),
  ];
  return [...new Set(ids)].slice(0, keysPerEmail).map((id) => keyOf(`${id}\0${subject}`));
}

/** 52 bits: a safe integer, and no collision to fear within one account. */
function keyOf(text: string): number {
  return hash('sha256', text, 'buffer').readUIntBE(0, 6) * 16 + 1;
}
