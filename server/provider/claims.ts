/** What a client may learn of a person: read anew each time, so that it is told nothing that was true once. */
import { operator } from '#server/access/actor.ts';
import { mayWork } from '#server/access/require-right.ts';
import { readPerson } from '#server/directory/people.ts';
import { findUnit } from '#server/directory/unit.ts';
import { holderOf } from '#server/access/verify.ts';
import type { Store } from '#server/store/store.ts';

import { personOf } from './subject.ts';

/** OpenID Connect Core §5.1; `unit`, `unit_name` and `population` are ours. */
export interface Claims {
  readonly sub: string;
  readonly [name: string]: string | boolean | number | null;
}

/** @returns undefined for whoever is no more, or may not do anything now: locked, blocked, suspended, closed. */
export async function claimsOf(store: Store, subject: string): Promise<Claims | undefined> {
  const who = await personOf(store, subject);
  const holder = who && (await holderOf(store, who));
  if (!holder || !mayWork(holder.state)) return undefined;
  const { tenantId, personId } = holder;
  const person = await readPerson(store, operator, tenantId, personId);
  const unit = person.unitId === null ? undefined : await findUnit(store, tenantId, person.unitId);
  return {
    sub: subject,
    name: `${person.givenName} ${person.familyName}`.trim(),
    given_name: person.givenName,
    family_name: person.familyName,
    preferred_username: person.userName,
    locale: person.language,
    email: person.email,
    // An address of ours, whose mailbox is the account itself.
    email_verified: true,
    unit: unit?.code ?? null,
    unit_name: unit?.name ?? null,
    population: person.population,
  };
}
