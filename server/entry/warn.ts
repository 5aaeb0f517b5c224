/**
 * Telling somebody on every channel that a way in was changed, password or recovery address: in the mailbox itself, and
 * at the recovery address. The job is written in the transaction that changes it (access/person-state.ts,
 * own-recovery.ts).
 */
import { contactOf, type SupportContact } from '#server/directory/contact.ts';
import { finishJob, type Job } from '#server/store/jobs.ts';
import { asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { sendLetter } from './letter.ts';
import { type Person, selectPerson } from './queries.ts';
import { dateText, type RecoverOptions } from './recover.ts';
import { withContact, words } from './words.ts';

export async function warnOfPassword(store: Store, { hostName, timeZone }: RecoverOptions, job: Job): Promise<void> {
  // Written by replacePassword alone.
  const { personId, isGiven, at } = job.payload as { personId: number; isGiven: boolean; at: number };
  const { tenantId } = job;
  const { person, contact } = await told(store, tenantId, personId);
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

/** The job that tells somebody that their recovery address was changed, or taken away. */
export const recoveryChangedKind = 'recoveryChanged';

/** Told to the mailbox and to the address that served before: whoever gave the new one knows. */
export async function warnOfRecovery(store: Store, { hostName, timeZone }: RecoverOptions, job: Job): Promise<void> {
  // Written by own-recovery.ts alone.
  const { personId, at, former, isRemoved } = job.payload as {
    personId: number;
    at: number;
    former: string | null;
    isRemoved: boolean;
  };
  const { person, contact } = await told(store, job.tenantId, personId);
  if (person) {
    const date = dateText(person.language, timeZone, at);
    const changed = words[person.language].recoveryChanged({ account: person.email, date, isRemoved });
    const letter = withContact(person.language, changed, contact);
    for (const to of [person.email, ...(former === null ? [] : [former])])
      await sendLetter(store, { person, to, letter, hostName });
  }
  await write(store, (tx) => finishJob(tx, job));
}

interface Told {
  readonly person: Person | undefined;
  readonly contact: SupportContact | undefined;
}

function told(store: Store, tenantId: TenantId, personId: number): Promise<Told> {
  return read(store, async (tx) => {
    const person = await selectPerson(tx, { tenantId, personId: asId<PersonId>(personId) });
    return { person, contact: person && (await contactOf(tx, tenantId, person.unitId)) };
  });
}
