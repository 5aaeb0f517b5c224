/**
 * Telling a newcomer how they come in, at the address the administration knows of them. No password travels: what one
 * comes in with is the NUMEN, or what the school hands over. The job is written by access/person-state.ts.
 */
import { contactOf } from '#server/directory/contact.ts';
import { asId, type PersonId } from '#server/store/ids.ts';
import { finishJob, type Job } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { sendLetter } from './letter.ts';
import { selectPerson } from './queries.ts';
import type { RecoverOptions } from './recover.ts';
import { withContact, words } from './words.ts';

export async function tellHowToActivate(store: Store, { hostName }: RecoverOptions, job: Job): Promise<void> {
  // Written by renewActivation alone.
  const { personId, hasProvisional } = job.payload as { personId: number; hasProvisional: boolean };
  const { tenantId } = job;
  const { person, contact } = await read(store, async (tx) => {
    const found = await selectPerson(tx, { tenantId, personId: asId<PersonId>(personId) });
    return { person: found, contact: found && (await contactOf(tx, tenantId, found.unitId)) };
  });
  if (person?.recoveryEmail != null) {
    const letter = words[person.language].activate({ account: person.email, name: person.name, hasProvisional });
    const said = withContact(person.language, letter, contact);
    await sendLetter(store, { person, to: person.recoveryEmail, letter: said, hostName });
  }
  await write(store, (tx) => finishJob(tx, job));
}
