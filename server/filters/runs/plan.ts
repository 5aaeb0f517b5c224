/** What a script's outcome means for an email that is filed already: other places, more keywords, and nothing else. */
import type { Destination, Finished } from '#formats/sieve/types.ts';

export interface PlannedChange {
  /** It stays where it is, whatever else becomes of it. */
  readonly stays: boolean;
  readonly enters: readonly Destination[];
  readonly isDiscarded: boolean;
  /** As IMAP says them: added, none is taken away. */
  readonly flags: readonly string[];
}

/**
 * Forwarding, refusing, answering and telling are for mail that arrives: here they leave the email where it is. Changes
 * to its octets too: what is stored is never rewritten.
 */
export function planChange({ actions }: Pick<Finished, 'actions'>): PlannedChange {
  const enters: Destination[] = [];
  const flags = new Set<string>();
  let stays = false;
  let isDiscarded = false;
  for (const action of actions) {
    switch (action.kind) {
      case 'keep':
        stays = true;
        for (const flag of action.flags) flags.add(flag);
        break;
      case 'fileinto':
        enters.push(action);
        for (const flag of action.flags) flags.add(flag);
        break;
      case 'discard':
        isDiscarded = true;
        break;
      case 'redirect':
      case 'reject':
      case 'ereject':
      case 'vacation':
      case 'notify':
        stays ||= action.kind !== 'vacation' && action.kind !== 'notify';
        break;
      default:
        action satisfies never;
    }
  }
  return { stays, enters, isDiscarded: isDiscarded && enters.length === 0 && !stays, flags: [...flags] };
}
