/** An appointment that has not begun is called off; one that has stays in the past of the person. */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing } from '#server/access/require-role.ts';
import { deletePlanned } from '#server/directory/queries/appointments.ts';
import { recordTrace } from '#server/records/trace.ts';
import { type Store, write } from '#server/store/store.ts';

/** @throws {Refusal} `mayNot`, `noSuchPerson`; `noSuchJob` for one that is not theirs, or not planned any more. */
export async function cancelAppointment(store: Store, actor: Actor, who: PersonRef, id: number): Promise<void> {
  const { tenantId, personId } = who;
  await write(store, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'administer', who, at);
    if (!(await deletePlanned(tx, who, id))) throw new Refusal('noSuchJob', { description: 'no planned appointment' });
    const details = { of: personId, appointment: id };
    await recordTrace(tx, { tenantId, actor, verb: 'cancelAppointment', at, details });
  });
}
