/** Accounts that others got into: what the console asks of the server about them, and what it reads of the answers. */
import type { AccountId } from '#web/sync/records.ts';
import { list, number, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { oneOf, refusable } from './console.ts';

const findingKinds = ['script', 'vacation', 'identity', 'mandate', 'recovery'] as const;

export interface Finding {
  readonly id: string;
  readonly kind: (typeof findingKinds)[number];
  readonly at: string;
  readonly name: string;
  readonly isNew: boolean;
  readonly details: readonly string[];
}

export interface SentLine {
  readonly id: string;
  readonly at: string;
  readonly isByFilter: boolean;
  readonly count: number;
  readonly domains: readonly string[];
  /** undefined for support. */
  readonly recipients: readonly string[] | undefined;
  readonly subject: string | undefined;
}

export interface CaseView {
  /** '' while no case is open. */
  readonly openedAt: string;
  readonly since: string;
  readonly strange: readonly { readonly at: string; readonly from: string }[];
  readonly findings: readonly Finding[];
  readonly sent: readonly SentLine[];
  readonly held: readonly SentLine[];
  readonly isWhole: boolean;
}

function readSent(value: unknown): SentLine {
  const it = object(value);
  const { recipients, subject } = it;
  return {
    id: text(it['id']),
    at: text(it['at']),
    isByFilter: it['isByFilter'] === true,
    count: number(it['count']),
    domains: list(it['domains'], text),
    recipients: Array.isArray(recipients) ? list(recipients, text) : undefined,
    subject: typeof subject === 'string' ? subject : undefined,
  };
}

export interface About {
  readonly accountId: AccountId;
  readonly personId: string;
}

/** @param since '' for what the server proposes. @throws as `client.request` does. */
export async function fetchCase(sync: Sync, about: About, since: string): Promise<CaseView> {
  const args = { ...about, ...(since !== '' && { since }) };
  const it = (await sync.client.request([['Compromise/get', args, 'g']])).of('g');
  return {
    openedAt: textOr(it['openedAt'], ''),
    since: text(it['since']),
    strange: list(it['strange'], (value) => {
      const one = object(value);
      return { at: text(one['at']), from: text(one['from']) };
    }),
    findings: list(it['findings'], (value): Finding => {
      const one = object(value);
      return {
        id: text(one['id']),
        kind: oneOf(findingKinds, one['kind'], 'script'),
        at: text(one['at']),
        name: textOr(one['name'], ''),
        isNew: one['isNew'] === true,
        details: list(one['details'], text),
      };
    }),
    sent: list(it['sent'], readSent),
    held: list(it['held'], readSent),
    isWhole: it['isWhole'] === true,
  };
}

export type CaseOutcome =
  | { readonly kind: 'done'; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly type: string };

async function ask(sync: Sync, method: string, args: JsonObject): Promise<CaseOutcome> {
  const answer = await refusable(async () => (await sync.client.request([[method, args, 'a']])).of('a'));
  return typeof answer === 'string' ? { kind: 'refused', type: answer } : { kind: 'done', answer };
}

/** Shuts the account. */
export function openCase(
  sync: Sync,
  about: About,
  given: { readonly since: string; readonly reason: string },
): Promise<CaseOutcome> {
  return ask(sync, 'Compromise/open', { ...about, ...given });
}

export function undoFindings(
  sync: Sync,
  about: About,
  given: { readonly since: string; readonly ids: readonly string[] },
): Promise<CaseOutcome> {
  return ask(sync, 'Compromise/undo', { ...about, ...given });
}

export type Fate = 'release' | 'drop';

export function settleHeld(
  sync: Sync,
  about: About,
  given: { readonly ids: readonly string[]; readonly fate: Fate },
): Promise<CaseOutcome> {
  return ask(sync, 'Compromise/settle', { ...about, ...given });
}

/** The answer holds the provisional password. */
export function giveBack(
  sync: Sync,
  about: About,
  given: { readonly rest: Fate; readonly reason: string },
): Promise<CaseOutcome> {
  return ask(sync, 'Compromise/giveBack', { ...about, ...given });
}
