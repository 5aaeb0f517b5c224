/** StateChange objects (RFC 8620 §7.1), and the position that lets a client come back without missing any. */
import type { JsonObject } from '#formats/jmap/json.ts';
import { readNumberedId } from '#formats/jmap/id.ts';
import type { Changed } from '#server/changes/watch.ts';
import { type AccountId, asId, asModseq, type Modseq } from '#server/store/ids.ts';

import { printAccountId } from '#server/protocols/jmap/engine/context.ts';

export function printStateChange(changed: Changed): JsonObject {
  const accounts = [...changed].map(([accountId, states]): [string, JsonObject] => [
    printAccountId(accountId),
    Object.fromEntries(Object.entries(states).map(([type, modseq]) => [type, String(modseq)])),
  ]);
  return { '@type': 'StateChange', changed: Object.fromEntries(accounts) };
}

/** `a3.57,a9.2`: each account and its newest modseq told. */
export function printPosition(position: ReadonlyMap<AccountId, Modseq>): string {
  return [...position].map(([accountId, modseq]) => `${printAccountId(accountId)}.${modseq}`).join(',');
}

const longestPosition = 20_000;

/** Accounts it does not name, or that make no sense, begin now. */
export function readPosition(text: string): ReadonlyMap<AccountId, Modseq> {
  const position = new Map<AccountId, Modseq>();
  if (text.length > longestPosition) return position;
  for (const part of text.split(',')) {
    const [accountText = '', modseqText = ''] = part.split('.');
    const accountId = readNumberedId('a', accountText);
    if (accountId !== undefined && /^\d{1,15}$/.test(modseqText)) {
      position.set(asId<AccountId>(accountId), asModseq(Number(modseqText)));
    }
  }
  return position;
}
