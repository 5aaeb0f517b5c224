/** The absence answer of an account (RFC 8621 §8): one record that is always there, disabled until somebody sets it. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import { type AccountId, asModseq, type Modseq } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { selectVacation, upsertVacation, type VacationSettings } from '#server/filters/queries/vacation.ts';

export type { VacationSettings };

const noVacation: VacationSettings = {
  isEnabled: false,
  fromAt: null,
  untilAt: null,
  subject: null,
  textBody: null,
  htmlBody: null,
};

const limits = { subjectCharacters: 500, bodyCharacters: 200_000 };

/** @throws {Refusal} `noSuchAccount`. */
export function readVacation(store: Store, actor: Actor, accountId: AccountId): Promise<VacationSettings> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return (await selectVacation(tx, accountId)) ?? noVacation;
  });
}

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `stateMismatch`, `invalidProperties`. */
export function changeVacation(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  given: Partial<VacationSettings>,
  ifInState?: Modseq,
): Promise<void> {
  const at = store.now();
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', at);
    const state = tx.before.states.VacationResponse ?? asModseq(0);
    if (ifInState !== undefined && ifInState !== state) throw new Refusal('stateMismatch');
    const settings = { ...noVacation, ...(await selectVacation(tx, accountId)), ...given };
    checkSettings(settings);
    await upsertVacation(tx, settings);
    tx.changed('VacationResponse');
    const { isEnabled } = settings;
    await recordTrace(tx, {
      tenantId: tx.tenantId,
      actor,
      verb: 'changeVacation',
      at,
      accountId,
      details: { isEnabled },
    });
  });
}

function checkSettings({ subject, textBody, htmlBody }: VacationSettings): void {
  const isLong = (text: string | null): boolean => (text?.length ?? 0) > limits.bodyCharacters;
  const bad = [
    // A line break would begin another header field.
    ...(subject !== null && (subject.length > limits.subjectCharacters || /\p{Cc}/u.test(subject)) ? ['subject'] : []),
    ...(isLong(textBody) ? ['textBody'] : []),
    ...(isLong(htmlBody) ? ['htmlBody'] : []),
  ];
  if (bad.length > 0) throw new Refusal('invalidProperties', { properties: bad });
}
