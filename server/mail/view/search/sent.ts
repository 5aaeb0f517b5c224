/**
 * The day of the Date field (RFC 9051 §6.4.4, SENTBEFORE, SENTON, SENTSINCE), without regard to its time and zone. The instant, which is kept, decides for all
 * but those near a border: for them the envelope tells the day as it was written.
 */
import { readStoredEnvelope } from '#formats/message/packenvelope.ts';
import { readDetails } from '#server/mail/view/details.ts';

import type { Criterion } from './criterion.ts';
import { keptDates } from './kept.ts';
import { filtered, type Mask, type Search } from './mask.ts';

const dayMs = 86_400_000;
/** No zone is further from UTC (RFC 5322 §3.3 allows more than there are). */
const zoneMs = dayMs;
const perBatch = 400;

export async function matchSentDays(
  { store, actor, sight }: Search,
  { from, until }: Extract<Criterion, { readonly kind: 'sent' }>,
  among: Mask,
): Promise<Mask> {
  const { dates, rows } = await keptDates(store, sight);
  const unsure: number[] = [];
  const found = filtered(among, (at) => {
    const sentAt = dates.sentAt[rows[at] ?? -1];
    if (sentAt === undefined) return false;
    if (isNear(sentAt, from) || isNear(sentAt, until)) {
      unsure.push(at);
      return false;
    }
    return sentAt >= from * dayMs && sentAt < until * dayMs;
  });
  for (let at = 0; at < unsure.length; at += perBatch) {
    const batch = unsure.slice(at, at + perBatch);
    const ids = batch.map((place) => sight.emailIds[place] ?? 0);
    const details = await readDetails(store, actor, sight.accountId, ids, envelopeOnly);
    for (const place of batch) {
      const envelope = details.get(sight.emailIds[place] ?? 0)?.envelope;
      const day = envelope === undefined ? undefined : dayOf(envelope, sight.receivedAt[place] ?? 0);
      if (day !== undefined && day >= from && day < until) found[place] = 1;
    }
  }
  return found;
}

const envelopeOnly = { envelope: true, structure: false, preview: false, headerFields: false, blob: false };

function isNear(instant: number, day: number): boolean {
  return Math.abs(instant - day * dayMs) <= zoneMs;
}

function dayOf(envelope: string, receivedAt: number): number {
  let sentAt: string | null = null;
  try {
    ({ sentAt } = readStoredEnvelope(JSON.parse(envelope)));
  } catch {
    // A damaged row is taken as one without a date.
  }
  const written = sentAt === null ? Number.NaN : Date.parse(`${sentAt.slice(0, 10)}T00:00:00Z`);
  return Math.floor((Number.isNaN(written) ? receivedAt : written) / dayMs);
}
