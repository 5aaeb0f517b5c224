/** SQL on whose filters these are, and who speaks which language. */
import type { PersonActor } from '#server/access/actor.ts';
import { type AccountId, asId, type TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

export type Language = 'fr' | 'en';

export interface Owner {
  readonly tenantId: TenantId;
  readonly email: string;
  readonly name: string;
  readonly language: Language;
  /** '' where nobody in person is behind it. */
  readonly population: string;
}

const selectAccount = statement<{ accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('account')
    .leftJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'account.tenant_id').onRef('person.account_id', '=', 'account.id'),
    )
    .select(['account.tenant_id', 'account.email', 'account.name', 'person.language', 'person.population'])
    .where('account.id', '=', p.accountId),
);

/** Whose account it is; French where nobody in person is behind it. */
export async function selectOwner(tx: Tx, accountId: AccountId): Promise<Owner | undefined> {
  const row = await selectAccount.first(tx, { accountId });
  if (!row) return undefined;
  const { tenant_id, email, name, language, population } = row;
  const tenantId = asId<TenantId>(tenant_id);
  return { tenantId, email, name, language: asLanguage(language), population: population ?? '' };
}

const selectPerson = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .select('language')
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

export async function selectLanguage(tx: Tx, who: Pick<PersonActor, 'tenantId' | 'personId'>): Promise<Language> {
  const { tenantId, personId } = who;
  return asLanguage((await selectPerson.first(tx, { tenantId, personId }))?.language ?? null);
}

function asLanguage(tag: string | null): Language {
  return tag?.toLowerCase().startsWith('en') === true ? 'en' : 'fr';
}
