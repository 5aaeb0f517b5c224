/**
 * The academy's mail in the store: planned anew from the seed and read on a thread, filed in batches. A batch and how far it came
 * are one commit, so that after a kill -9 every message is there once.
 */
import { operator } from '#server/access/actor.ts';
import { type Appending, appendMany } from '#server/mail/emails/append-many.ts';
import { ingest } from '#server/mail/ingest.ts';
import { keywordsOf } from '#server/mail/keywords.ts';
import { asMilliseconds, type TenantId } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';

import type { DemoProgress } from './load.ts';
import type { Residents } from './people.ts';
import { plannedBatches, type PlannedBatch } from './plan.ts';
import { type DemoSettings, readDemoSettings, writeDemoSettings } from './state.ts';

interface Mailing {
  readonly tenantId: TenantId;
  readonly settings: DemoSettings;
  readonly residents: Residents;
  readonly onProgress: (progress: DemoProgress) => void;
}

/** @throws {Error} when another process is loading the same demonstration. */
export async function loadMail(store: Store, mailing: Mailing): Promise<DemoSettings> {
  const { residents, onProgress } = mailing;
  let { settings } = mailing;
  const { seed, now, messagesPerPerson, people } = settings.state;
  const addresses = Array.from({ length: people }, (_, personIndex) => residents.addressOf(personIndex));
  const order = { people, seed, now, messagesPerPerson, addresses, skip: settings.state.messages };
  for await (const planned of plannedBatches(order)) {
    if (planned.messages.length === 0) continue;
    const batch = await appendingsOf(store, planned, residents);
    settings = await fileBatch(store, mailing.tenantId, settings, batch);
    const { emails } = settings.state;
    onProgress({ stage: 'mail', done: emails, total: Math.max(emails, people * messagesPerPerson) });
  }
  const complete = { ...settings, state: { ...settings.state, isComplete: true } };
  await write(store, (tx) => writeDemoSettings(tx, mailing.tenantId, complete));
  return complete;
}

async function appendingsOf(
  store: Store,
  { messages }: PlannedBatch,
  residents: Residents,
): Promise<readonly Appending[]> {
  const appendings: Appending[] = [];
  for (const { message, placements } of messages) {
    appendings.push({
      message: message instanceof Uint8Array ? await ingest(store, message) : message,
      placements: placements.map(({ owner, mailbox, keywords, receivedAt }) => ({
        accountId: residents.accountOf(owner),
        mailbox,
        keywords: keywordsOf(keywords),
        receivedAt: asMilliseconds(receivedAt),
      })),
    });
  }
  return appendings;
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
