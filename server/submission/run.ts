/** The jobs that send, for the runner of jobs: `submit` once a message, `relay` once a message and domain elsewhere. */
import { transmitter } from '#server/delivery/outbound/transmit.ts';
import type { JobKind } from '#server/jobs/run.ts';

import type { SendingHouse } from './house.ts';
import { relayLeaseMs, relayMessage } from './relay.ts';
import { releaseSubmission, submitLeaseMs } from './release.ts';

/** Messages handed over to our own people at once. */
const submitAtOnce = 8;
/** Runs count as attempts whatever came of them, and five days of waiting are many: only the schedule gives up. */
const attempts = 100_000;

export function submissionJobs(house: SendingHouse): { readonly submit: JobKind; readonly relay: JobKind } {
  const transmit = transmitter(house.outbound);
  return {
    submit: {
      leaseMs: submitLeaseMs,
      atOnce: submitAtOnce,
      attempts,
      run: (job) => releaseSubmission(house, job),
    },
    relay: {
      leaseMs: relayLeaseMs,
      atOnce: house.connections,
      attempts,
      run: (job) => relayMessage(house, transmit, job),
    },
  };
}
