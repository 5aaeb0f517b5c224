/**
 * Completion of recipients: directory and past correspondents, by our own method `Directory/complete` of
 * `urn:pli:params:jmap:directory` (no JMAP type has it). Answers are kept for a while: people type the same letters again.
 */
import type { AccountId } from '#web/sync/records.ts';
import { listOr, object, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface Suggestion {
  readonly name: string;
  readonly email: string;
  /** `person`, `group`, `mailbox`, `contact`, `recent`, … */
  readonly kind: string;
  /** The service or school, for telling two people of one name apart. */
  readonly unit: string;
}

const limit = 8;
const keptMs = 60_000;
const kept = new Map<string, { readonly atMs: number; readonly answer: Promise<readonly Suggestion[]> }>();

/** Best first; none when the server does not know the method or cannot be reached: one can always type an address. */
export function completeRecipient(sync: Sync, accountId: AccountId, text: string): Promise<readonly Suggestion[]> {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' || sync.connection.line() !== 'online') return Promise.resolve([]);
  const key = `${accountId} ${wanted}`;
  const before = kept.get(key);
  if (before && performance.now() - before.atMs < keptMs) return before.answer;
  const answer = ask(sync, accountId, wanted).catch(() => {
    kept.delete(key);
    return [];
  });
  if (kept.size > 200) kept.clear();
  kept.set(key, { atMs: performance.now(), answer });
  return answer;
}

async function ask(sync: Sync, accountId: AccountId, text: string): Promise<readonly Suggestion[]> {
  const answers = await sync.client.request([['Directory/complete', { accountId, text, limit }, 'complete']]);
  return listOr(answers.of('complete')['list'], (value) => {
    const it = object(value);
    return {
      name: textOr(it['name'], ''),
      email: textOr(it['email'], ''),
      kind: textOr(it['kind'], 'person'),
      unit: textOr(it['unit'], ''),
    };
  }).filter(({ email }) => email !== '');
}
