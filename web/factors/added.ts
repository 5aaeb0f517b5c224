/** A factor that was made a moment ago. */
import { readTexts } from './api.ts';
import type { Reply } from './api.ts';
import { withProof } from './proof.ts';
import { t } from '#web/words/security.ts';

export interface Added {
  readonly name: string;
  /** Of the first factor; shown this once. */
  readonly recoveryCodes: readonly string[];
  readonly answer: Readonly<Record<string, unknown>>;
}

export function readAdded(name: string, answer: Readonly<Record<string, unknown>>): Added {
  return { name, answer, recoveryCodes: readTexts(answer['recoveryCodes']) };
}

/** Asks for a fresh proof where the server does, and goes on. */
export function proven(work: () => Promise<Reply>): Promise<Reply> {
  return withProof(work, (reply) => reply.kind === 'stepUpNeeded');
}

export function addFault(reply: Exclude<Reply, { kind: 'done' }>, wrong: string): string {
  switch (reply.kind) {
    case 'wrong':
      return wrong;
    case 'refused':
      return reply.reason === 'tooMany'
        ? t('tooMany')
        : reply.reason === 'alreadyExists'
          ? t('passkeyKnown')
          : t('changeFailed');
    case 'tooLate':
      return t('tooLate');
    case 'tryLater':
      return t('tryLater');
    case 'unreachable':
      return t('unreachable');
    case 'stepUpNeeded':
      return t('changeFailed');
  }
}
