/**
 * Telling somebody on every channel that their password was changed: in the mailbox itself, and at the recovery
 * address. The job is written in the transaction that changes the password (access/person-state.ts).
 */
import { contactOf } from '#server/directory/contact.ts';
import { finishJob, type Job } from '#server/store/jobs.ts';
import { asId, type PersonId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { sendLetter } from './letter.ts';
import { selectPerson } from './queries.ts';
import { dateText, type RecoverOptions } from './recover.ts';
import { withContact, words } from './words.ts';

export async function warnOfPassword(store: Store, { hostName, timeZone }: RecoverOptions, job: Job): Promise<void> {
  // Written by replacePassword alone.
  const { personId, isGiven, at } = job.payload as { personId: number; isGiven: boolean; at: number };
  const { tenantId } = job;
  const { person, contact } = await read(store, async (tx) => {
    const found = await selectPerson(tx, { tenantId, personId: asId<PersonId>(personId) });
    return { person: found, contact: found && (await contactOf(tx, tenantId, found.unitId)) };
  });
  if (person) {
    const said = words[person.language];
    const date = dateText(person.language, timeZone, at);
    const changed = said.changed({ account: person.email, date, isGiven });
    const letter = withContact(person.language, changed, contact);
    const addresses = person.isVerified && person.recoveryEmail !== null ? [person.recoveryEmail] : [];
    for (const to of [person.email, ...addresses]) await sendLetter(store, { person, to, letter, hostName });
  }
  await write(store, (tx) => finishJob(tx, job));
}
