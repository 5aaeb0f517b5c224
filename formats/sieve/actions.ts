/** Planning actions: which exclude each other, which are one and the same, and what becomes of the implicit keep (RFC 5228 §2.10). */
import { checkLimit, runFault, type Run } from './run.ts';
import type { Action } from './types.ts';

/** What a refused message cannot have besides (RFC 5429 §2.3, §2.4; RFC 5230 §4.7). */
const NOT_WITH_REJECT: ReadonlySet<Action['kind']> = new Set([
  'keep',
  'fileinto',
  'redirect',
  'vacation',
  'reject',
  'ereject',
]);

/**
 * Adds an action unless it is there already.
 *
 * @throws {SieveError} `conflictingActions`, `runLimit`.
 */
export function planAction(run: Run, action: Action): void {
  for (const other of run.actions) {
    if (excludes(action, other))
      throw runFault(run, { code: 'conflictingActions', name: action.kind, other: other.kind });
  }
  const at = run.actions.findIndex((other) => isSame(other, action));
  const same = run.actions[at];
  if (same === undefined) run.actions.push(action);
  else if ('flags' in same && 'flags' in action) run.actions[at] = withFlags(same, action.flags);
  checkLimit(run, 'actions', run.actions.length);
  if (action.kind === 'redirect') checkLimit(run, 'redirects', countOf(run, 'redirect'));
  if (action.kind === 'notify') checkLimit(run, 'notifications', countOf(run, 'notify'));
}

function countOf(run: Run, kind: Action['kind']): number {
  return run.actions.filter((action) => action.kind === kind).length;
}

function excludes(one: Action, other: Action): boolean {
  return (isReject(one) && NOT_WITH_REJECT.has(other.kind)) || (isReject(other) && NOT_WITH_REJECT.has(one.kind));
}

function isReject({ kind }: Action): boolean {
  return kind === 'reject' || kind === 'ereject';
}

/** Filing twice in one place is filing once (RFC 5228 §2.10.3), unless the message was changed in between. */
function isSame(one: Action, other: Action): boolean {
  if (one.kind === 'keep' && other.kind === 'keep') return one.edited === other.edited;
  if (one.kind === 'fileinto' && other.kind === 'fileinto') {
    const isPlace =
      one.mailbox === other.mailbox && one.mailboxId === other.mailboxId && one.specialUse === other.specialUse;
    return isPlace && one.edited === other.edited;
  }
  if (one.kind === 'redirect' && other.kind === 'redirect')
    return JSON.stringify(one.to) === JSON.stringify(other.to) && one.edited === other.edited;
  return one.kind === 'discard' && other.kind === 'discard';
}

function withFlags(action: Action, flags: readonly string[]): Action {
  if (action.kind !== 'keep' && action.kind !== 'fileinto') return action;
  return { ...action, flags: [...new Set([...action.flags, ...flags])] };
}
