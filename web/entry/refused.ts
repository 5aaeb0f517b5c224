/** Why this browser did not come in by another identity provider, as the server tells it and nobody else. */
import { lockedReasons } from '#web/app/login.ts';
import type { LockedBecause } from '#web/app/login.ts';
import { isObject, textOr } from '#web/sync/shape.ts';
import { readContact } from './readContact.ts';
import type { SupportContact } from './readContact.ts';

interface Told {
  /** Of the provider. */
  readonly name: string;
  readonly contact: SupportContact | undefined;
}

export type RefusedWay =
  | ({ readonly kind: 'failed' | 'denied' | 'level' | 'unknown' } & Told)
  | ({ readonly kind: 'locked'; readonly because: LockedBecause } & Told)
  | { readonly kind: 'tooLate' };

export async function fetchRefused(state: string): Promise<RefusedWay> {
  try {
    const response = await fetch(`/auth/federation/refused?${new URLSearchParams({ state }).toString()}`);
    const answer: unknown = response.ok ? await response.json() : undefined;
    const given = isObject(answer) ? answer['refused'] : undefined;
    return isObject(given) ? readRefused(given) : { kind: 'tooLate' };
  } catch {
    return { kind: 'tooLate' };
  }
}

function readRefused(given: Readonly<Record<string, unknown>>): RefusedWay {
  const outcome = isObject(given['outcome']) ? given['outcome'] : {};
  const told = { name: textOr(given['providerName'], ''), contact: readContact(given['contact']) };
  if (outcome['kind'] === 'locked') {
    const because = lockedReasons.find((one) => one === outcome['because']) ?? 'locked';
    return { kind: 'locked', because, ...told };
  }
  const kind = (['failed', 'denied', 'level', 'unknown'] as const).find((one) => one === outcome['kind']) ?? 'failed';
  return { kind, ...told };
}
