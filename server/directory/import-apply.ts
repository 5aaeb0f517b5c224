/** The rows of what an import changes of somebody who is there, forwards and backwards. Who may, and what is free, is the caller's to know. */
import type { Actor } from '#server/access/actor.ts';
import { letIn, type OutState, shutOut } from '#server/access/person-state.ts';
import { holderIn } from '#server/access/verify.ts';
import { asId, type PeopleRunId, type UnitId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { swapFirst } from './alias.ts';
import { cancelIn, planIn } from './appointments/appoint.ts';
import { isAppointment, readAppointment } from './import-appointment.ts';
import type { FieldChange } from './import-change.ts';
import { deleteAddress, insertAddresses } from './queries/addresses.ts';
import type { Present } from './queries/present.ts';
import { nameAfter, traceChange, writeProfile } from './write-profile.ts';

export interface Applying {
  readonly actor: Actor;
  readonly runId: PeopleRunId;
  readonly verb: 'changePerson' | 'undoImport';
  readonly at: number;
}

/** Does them in order, in the account's own transaction, with one line of the trace. */
export async function applyChanges(
  tx: AccountTx,
  present: Present,
  changes: readonly FieldChange[],
  { actor, runId, verb, at }: Applying,
): Promise<void> {
  const next = changes.reduce(changed, present);
  const { personId } = present;
  const fields = await writeProfile(tx, personId, present, { ...next, name: nameAfter(present, next) }, at);
  for (const change of changes) {
    await applyAddress(tx, change, at);
    if (change.field === 'appointment') await applyAppointment(tx, actor, present, change, at);
  }
  const state = changes.find(({ field }) => field === 'state')?.to;
  if (state !== undefined && state !== null) await applyState(tx, actor, present, next, { state, at });
  tx.changed('Account');
  const all = [...fields, ...besides(changes)];
  await traceChange(tx, { actor, verb, personId, changed: all, unitId: next.unitId, runId }, at);
}

/** What is no part of the profile, as the trace names it. A new first address is not one more alias besides. */
function besides(changes: readonly FieldChange[]): readonly string[] {
  const first = changes.find(({ field }) => field === 'email');
  const isAlias = ({ field, from, to }: FieldChange): boolean =>
    field === 'alias' && !(first && (to === null ? from === first.from : to === first.to));
  return [
    ...(first ? ['email'] : []),
    ...(changes.some(isAlias) ? ['aliases'] : []),
    ...(changes.some(({ field }) => field === 'state') ? ['state'] : []),
    ...(changes.some(({ field }) => field === 'appointment') ? ['appointment'] : []),
  ];
}

function changed(present: Present, { field, to }: FieldChange): Present {
  const text = to ?? '';
  switch (field) {
    case 'userName':
    case 'givenName':
    case 'familyName':
    case 'email':
    case 'population':
    case 'language':
      return { ...present, [field]: text };
    case 'state':
      return { ...present, state: text };
    case 'unit':
      return { ...present, unitId: to === null ? null : asId<UnitId>(Number(to)) };
    case 'function':
      return { ...present, functionName: to };
    case 'quota':
      return { ...present, quotaOctets: to === null ? null : Number(to) };
    case 'numen':
      return { ...present, numenHash: to };
    case 'birthDate':
    case 'recoveryEmail':
    case 'stateReason':
      return { ...present, [field]: to };
    case 'alias':
    case 'appointment':
      return present;
  }
}

async function applyAddress(tx: AccountTx, { field, from, to }: FieldChange, at: number): Promise<void> {
  const { tenantId, accountId } = tx;
  if (field === 'alias' && to !== null)
    await insertAddresses(tx, [{ tenantId, accountId, address: to, kind: 'alias' }], at);
  if (field === 'alias' && to === null && from !== null) await deleteAddress(tx, tenantId, accountId, from);
  if (field === 'email' && from !== null && to !== null) await swapFirst(tx, from, to);
}

async function applyAppointment(
  tx: AccountTx,
  actor: Actor,
  { personId }: Present,
  { from, to }: FieldChange,
  at: number,
): Promise<void> {
  const who = { tenantId: tx.tenantId, personId };
  if (to !== null) await planIn(tx, actor, who, readAppointment(to), at);
  else if (from !== null) await cancelIn(tx, actor, who, (one) => isAppointment(one, from), at);
}

const outStates: readonly OutState[] = ['locked', 'blocked', 'suspended', 'closed'];

async function applyState(
  tx: AccountTx,
  actor: Actor,
  { personId }: Present,
  { stateReason }: Present,
  { state, at }: { readonly state: string; readonly at: number },
): Promise<void> {
  const { tenantId } = tx;
  const out = outStates.find((one) => one === state);
  if (out !== undefined) {
    await shutOut(tx, actor, { tenantId, personId }, out, { reason: stateReason, at });
    return;
  }
  const holder = await holderIn(tx, { tenantId, personId });
  if (holder) await letIn(tx, actor, holder, { reason: null, at });
}
