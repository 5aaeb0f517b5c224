/**
 * The academy's mail in the store: planned anew from the seed, read, and filed in batches. A batch and how far it came
 * are one commit, so that after a kill -9 every message is there once.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

import { operator } from '#server/access/actor.ts';
import { type Appending, appendMany } from '#server/mail/emails/append-many.ts';
import { ingest } from '#server/mail/ingest.ts';
import { keywordsOf } from '#server/mail/keywords.ts';
import { asMilliseconds, type TenantId } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';

import type { Academy } from './academy.ts';
import type { DemoProgress } from './load.ts';
import { planMessages } from './messages.ts';
import type { Residents } from './people.ts';
import type { PlannedMessage } from './placement.ts';
import { type DemoSettings, readDemoSettings, writeDemoSettings } from './state.ts';

interface Mailing {
  readonly tenantId: TenantId;
  readonly academy: Academy;
  readonly settings: DemoSettings;
  readonly residents: Residents;
  readonly onProgress: (progress: DemoProgress) => void;
}

/** A batch ends when it has so many messages, or emails, or octets. */
const batchLimits = { messages: 400, emails: 1500, octets: 16 * 1024 * 1024 };
/** So many messages are read before others on the event loop get their turn. */
const messagesPerTurn = 16;

/** @throws {Error} when another process is loading the same demonstration. */
export async function loadMail(store: Store, mailing: Mailing): Promise<DemoSettings> {
  const { academy, residents, onProgress } = mailing;
  let { settings } = mailing;
  const { seed, now, messagesPerPerson, people } = settings.state;
  const plan = planMessages(academy, { seed, now, messagesPerPerson, addressOf: residents.addressOf });
  let skipped = 0;
  while (skipped < settings.state.messages && plan.next().done !== true) skipped += 1;
  for await (const batch of batchesOf(store, plan, residents)) {
    settings = await fileBatch(store, mailing.tenantId, settings, batch);
    const { emails } = settings.state;
    onProgress({ stage: 'mail', done: emails, total: Math.max(emails, people * messagesPerPerson) });
  }
  const complete = { ...settings, state: { ...settings.state, isComplete: true } };
  await write(store, (tx) => writeDemoSettings(tx, mailing.tenantId, complete));
  return complete;
}

async function* batchesOf(
  store: Store,
  plan: Iterable<PlannedMessage>,
  residents: Residents,
): AsyncGenerator<readonly Appending[]> {
  let batch: Appending[] = [];
  let emails = 0;
  let octets = 0;
  for (const { bytes, placements } of plan) {
    batch.push({
      message: await ingest(store, bytes),
      placements: placements.map(({ owner, mailbox, keywords, receivedAt }) => ({
        accountId: residents.accountOf(owner),
        mailbox,
        keywords: keywordsOf(keywords),
        receivedAt: asMilliseconds(receivedAt),
      })),
    });
    emails += placements.length;
    octets += bytes.length;
    if (batch.length % messagesPerTurn === 0) await nextTurn();
    if (batch.length < batchLimits.messages && emails < batchLimits.emails && octets < batchLimits.octets) continue;
    yield batch;
    batch = [];
    emails = 0;
    octets = 0;
  }
  if (batch.length > 0) yield batch;
}

async function fileBatch(
  store: Store,
  tenantId: TenantId,
  before: DemoSettings,
  batch: readonly Appending[],
): Promise<DemoSettings> {
  const emails = batch.reduce((sum, { placements }) => sum + placements.length, 0);
  const { state } = before;
  const after = {
    ...before,
    state: { ...state, messages: state.messages + batch.length, emails: state.emails + emails },
  };
  await appendMany(store, operator, batch, async (tx) => {
    const known = await readDemoSettings(tx, tenantId);
    if (known?.state.messages !== state.messages) throw new Error('another process is loading this demonstration');
    await writeDemoSettings(tx, tenantId, after);
  });
  return after;
}
