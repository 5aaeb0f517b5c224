/**
 * The body of the thread that plans the academy's mail and reads it, a batch ahead of the one that files it. The order
 * of what it gives is the plan's own, so the same academy is the same mail on however many cores.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { readSmall } from '#server/mail/reading/read.ts';

import { planAcademy } from './academy.ts';
import { planMessages } from './messages.ts';
import type { MailOrder, PlannedBatch } from './plan.ts';

/** A batch ends when it has so many messages, or emails, or octets. */
const batchLimits = { messages: 400, emails: 1500, octets: 16 * 1024 * 1024 };

const port = parentPort;
if (!port) throw new Error('plan-thread.ts is the body of a worker');
const order: MailOrder = workerData;
const { people, seed, now, messagesPerPerson, addresses } = order;
const addressOf = (personIndex: number): string => addresses[personIndex] ?? '';
const plan = planMessages(planAcademy({ people, seed }), { seed, now, messagesPerPerson, addressOf });
for (let skipped = 0; skipped < order.skip && plan.next().done !== true;) skipped += 1;

// Each message from the other side asks for one batch.
port.on('message', () => {
  port.postMessage(nextBatch());
});

function nextBatch(): PlannedBatch {
  const messages: PlannedBatch['messages'][number][] = [];
  let emails = 0;
  let octets = 0;
  while (messages.length < batchLimits.messages && emails < batchLimits.emails && octets < batchLimits.octets) {
    const next = plan.next();
    if (next.done === true) return { messages, isLast: true };
    const { bytes, placements } = next.value;
    // Copied, because a view takes all that lies around it along to the other side.
    messages.push({ message: readSmall(bytes) ?? new Uint8Array(bytes), placements });
    emails += placements.length;
    octets += bytes.length;
  }
  return { messages, isLast: false };
}
