/**
 * Telling somebody outside their mailbox that their account was blocked because others got in, and that it is given
 * back. Never to a recovery address that was given since others may have been in. The job is written by
 * administration/compromise.
 */
import { contactOf } from '#server/directory/contact.ts';
import { asId, type PersonId } from '#server/store/ids.ts';
import { finishJob, type Job } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { sendLetter } from './letter.ts';
import { selectPerson, selectRecoveryAt } from './queries.ts';
import { dateText, type RecoverOptions } from './recover.ts';
import { withContact, words } from './words.ts';

export const compromiseLetterKind = 'compromiseLetter';

export interface CompromiseLetter {
  readonly personId: number;
  readonly letter: 'compromised' | 'givenBack';
  /** Milliseconds since 1970: since when others may have been in, and when it was done. */
  readonly since: number;
  readonly at: number;
}

export async function writeOfCompromise(store: Store, { hostName, timeZone }: RecoverOptions, job: Job): Promise<void> {
  // The verbs of the case alone write this kind.
  const { personId, letter, since, at } = job.payload as CompromiseLetter;
  const { tenantId } = job;
  const who = { tenantId, personId: asId<PersonId>(personId) };
  const { person, verifiedAt, contact } = await read(store, async (tx) => {
    const found = await selectPerson(tx, who);
    const confirmedAt = await selectRecoveryAt(tx, who);
    return { person: found, verifiedAt: confirmedAt, contact: found && (await contactOf(tx, tenantId, found.unitId)) };
  });
  const to = person?.recoveryEmail;
  if (person && to != null && verifiedAt !== null && verifiedAt < since) {
    const said = words[person.language][letter]({
      account: person.email,
      date: dateText(person.language, timeZone, at),
    });
    await sendLetter(store, { person, to, letter: withContact(person.language, said, contact), hostName });
  }
  await write(store, (tx) => finishJob(tx, job));
}
