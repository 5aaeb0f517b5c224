/** What a copy may have in its own way (RFC 8621 §4.7): mailboxes, which it must, keywords, receivedAt. */
import type { JsonObject } from '#formats/jmap/json.ts';
import type { Copy } from '#server/mail/emails/copy.ts';

import { SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { placeOf, receivedAtOf } from './email-set.ts';

const mayDiffer: ReadonlySet<string> = new Set(['mailboxIds', 'keywords', 'receivedAt']);

/** @throws {SetFailure} `invalidProperties`. */
export function overridesOf(overrides: JsonObject): Omit<Copy, 'ifInState'> {
  const others = Object.keys(overrides).filter((name) => !mayDiffer.has(name));
  if (others.length > 0) throw new SetFailure({ type: 'invalidProperties', properties: others });
  const { mailboxIds, keywords } = placeOf(overrides);
  return {
    mailboxIds,
    keywords: overrides['keywords'] === undefined ? null : keywords,
    receivedAt: receivedAtOf(overrides),
  };
}
