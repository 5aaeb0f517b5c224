/**
 * How somebody gets in, as those who help them see it: sessions, programs, wrong passwords, who acts for them and for
 * whom they act, which roles they have. Never a secret.
 */
import { read, type Store } from '#server/store/store.ts';

import type { Actor } from './actor.ts';
import type { PersonRef } from './credential.ts';
import { type Device, selectDevices } from './factors/queries/devices.ts';
import { type Factor, selectFactors } from './factors/queries/factors.ts';
import { countRecoveryCodes } from './factors/recovery.ts';
import { type Power, powersOfAll, outranks } from './powers.ts';
import { type Credential, selectCredentials } from './queries/credentials.ts';
import { type HeldMandate, selectMandatesAround } from './queries/overview.ts';
import { type Role, selectRolesOf } from './queries/roles.ts';
import { selectSessions, type Session } from './queries/sessions.ts';
import { requireRoleOver } from './require-role.ts';
import { failuresOf } from './throttle.ts';
import { factorSubject, subjectOf } from './verify.ts';

export type { HeldMandate };

export interface AccessOverview {
  /** The last used first. */
  readonly sessions: readonly Session[];
  readonly credentials: readonly Credential[];
  readonly mandates: readonly HeldMandate[];
  readonly roles: readonly Role[];
  /** Second factors that work, the browsers known, and how many recovery codes are left. */
  readonly factors: readonly Pick<Factor, 'kind' | 'name' | 'createdAt' | 'lastUsedAt'>[];
  readonly recoveryCodesLeft: number;
  readonly devices: readonly Device[];
  /** Wrong passwords and wrong second factors lately. */
  readonly failures: number;
  /** Until when none is tried; milliseconds since 1970, null where one is. */
  readonly blockedUntil: number | null;
  /** What the actor may do about them; only `look` and `audit` where they are the actor, or higher. */
  readonly powers: readonly Power[];
}

/** @throws {Refusal} `mayNot`, `noSuchPerson`. */
export function readAccessOverview(store: Store, actor: Actor, who: PersonRef): Promise<AccessOverview> {
  return read(store, async (tx) => {
    const at = store.now();
    const { tenantId, personId } = who;
    const held = await requireRoleOver(tx, actor, 'look', who, at);
    const roles = await selectRolesOf(tx, who, at);
    const isSelf = actor.kind === 'person' && actor.personId === personId && actor.tenantId === tenantId;
    const isHigher = !roles.every((role) => held.some((own) => outranks(own, role)));
    const powers = powersOfAll(held).filter((power) => (!isSelf && !isHigher) || power === 'look' || power === 'audit');
    const wrong = [await failuresOf(tx, subjectOf(who)), await failuresOf(tx, factorSubject(who))];
    const blockedUntil = Math.max(...wrong.map((one) => one.blockedUntil));
    return {
      sessions: await selectSessions(tx, tenantId, personId, at),
      credentials: await selectCredentials(tx, tenantId, personId, at),
      mandates: await selectMandatesAround(tx, tenantId, personId, at),
      roles,
      factors: (await selectFactors(tx, who)).filter(({ confirmedAt }) => confirmedAt !== null),
      recoveryCodesLeft: (await countRecoveryCodes(tx, who)).left,
      devices: await selectDevices(tx, who),
      failures: wrong.reduce((sum, one) => sum + one.failures, 0),
      blockedUntil: blockedUntil > at ? blockedUntil : null,
      powers,
    };
  });
}
