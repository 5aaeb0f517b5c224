/** States as text (RFC 8620 §1.6.2): the modseq at which the type last changed in the account. */
import { MethodError } from '#formats/jmap/errors.ts';
import { type Clock, clockOf } from '#server/changes/clock.ts';
import { type AccountChange, notingOwnChanges } from '#server/store/changes.ts';
import { type AccountId, asModseq, type Modseq } from '#server/store/ids.ts';

import type { AccountContext } from './context.ts';
import type { TypeHead } from './type.ts';

export async function stateOf<Id>(ctx: AccountContext, type: TypeHead<Id>): Promise<string> {
  if (type.state === 'none') return '0';
  return stateIn(await clockOf(ctx.store, ctx.accountId), type);
}

export function stateIn<Id>({ states }: Clock, type: TypeHead<Id>): string {
  return type.state === 'none' ? '0' : String(states[type.state] ?? 0);
}

/** @throws {MethodError} `cannotCalculateChanges` for what we never said. */
export function readState(text: string): Modseq {
  const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new MethodError('cannotCalculateChanges');
  return asModseq(value);
}

/** Notes what a /set commits to its account, and from that the state of a type before and after. */
export interface Noting {
  run<T>(work: () => Promise<T>): Promise<T>;
  hasWritten(): boolean;
  /**
   * `before` is undefined where somebody else wrote in between: a client that took `after` for the state that follows
   * `before` would miss that.
   */
  states<Id>(type: TypeHead<Id>): { readonly before: string | undefined; readonly after: string };
}

export function noting(accountId: AccountId, clock: Clock): Noting {
  const all: AccountChange[] = [];
  const own = () => all.filter((change) => change.accountId === accountId);
  return {
    run: (work) => notingOwnChanges(all, work),
    hasWritten: () => all.length > 0,
    states(type) {
      const before = stateIn(clock, type);
      let after = before;
      let isUnbroken = true;
      for (const [index, { states }] of own().entries()) {
        const [modseq] = Object.values(states);
        if (modseq !== clock.modseq + 1 + index) isUnbroken = false;
        if (type.state !== 'none') after = String(states[type.state] ?? after);
      }
      return { before: isUnbroken ? before : undefined, after };
    },
  };
}
