/** The jobs of getting in, for the runner of jobs. */
import { activationLetterKind, passwordChangedKind } from '#server/access/person-state.ts';
import type { JobKind } from '#server/jobs/run.ts';
import type { Store } from '#server/store/store.ts';

import { tellHowToActivate } from './activation-letter.ts';
import { compromiseLetterKind, writeOfCompromise } from './compromise-letter.ts';
import { lookAndSend, recoverKind, type RecoverOptions } from './recover.ts';
import { recoveryChangedKind, warnOfPassword, warnOfRecovery } from './warn.ts';

const common = { leaseMs: 60_000, atOnce: 4, attempts: 5 };

export function entryJobs(store: Store, options: RecoverOptions): Readonly<Record<string, JobKind>> {
  return {
    [recoverKind]: { ...common, run: (job) => lookAndSend(store, options, job) },
    [activationLetterKind]: { ...common, run: (job) => tellHowToActivate(store, options, job) },
    [compromiseLetterKind]: { ...common, run: (job) => writeOfCompromise(store, options, job) },
    [recoveryChangedKind]: { ...common, run: (job) => warnOfRecovery(store, options, job) },
    [passwordChangedKind]: { ...common, run: (job) => warnOfPassword(store, options, job) },
  };
}
