/** Functional mailboxes: the account of a school, a service or a role. Nobody logs in to it; people act by mandate. */
import type { Actor } from '#server/access/actor.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, TenantId, UnitId } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';

import { foldWords } from './fold.ts';
import { decideAliases, decideEmail } from './person.ts';
import { lockNames } from './queries/institution.ts';
import { registerAccounts } from './register.ts';
import { requireOpenUnit } from './unit.ts';

export interface NewFunctionalAccount {
  readonly tenantId: TenantId;
  readonly name: string;
  /** Planned from the name when absent. */
  readonly email?: string | undefined;
  readonly aliases?: readonly string[];
  readonly unitId?: UnitId | null;
  readonly quotaOctets?: number | null;
}

/** @throws {Refusal} `invalidArguments`, `alreadyExists`, `noSuchDomain`, `noSuchUnit`, `mayNot`. */
export async function addFunctionalAccount(
  store: Store,
  actor: Actor,
  given: NewFunctionalAccount,
): Promise<{ readonly accountId: AccountId; readonly email: string }> {
  requireSystem(actor);
  const { tenantId, name } = given;
  return write(store, async (tx) => {
    await lockNames(tx, tenantId);
    if (given.unitId !== undefined && given.unitId !== null) await requireOpenUnit(tx, tenantId, given.unitId);
    const base = foldWords(name).join('-').slice(0, 58) || 'compte';
    const email = await decideEmail(tx, tenantId, given.email, base);
    const aliases = await decideAliases(tx, tenantId, given.aliases ?? []);
    const at = store.now();
    const newcomer = {
      name,
      email,
      isProvisional: false,
      aliases,
      unitId: given.unitId ?? null,
      quotaOctets: given.quotaOctets ?? null,
      person: undefined,
    };
    const [registered] = await registerAccounts(tx, tenantId, [newcomer], at);
    if (!registered) throw new Error('registration gave no account');
    const { accountId } = registered;
    await recordTrace(tx, { tenantId, actor, verb: 'addFunctionalAccount', at, accountId, details: { email } });
    return { accountId, email };
  });
}
