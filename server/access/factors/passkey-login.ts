/**
 * Logging in with a passkey alone: it is something one has, and it asked for something one knows or is (user
 * verification). Whose it is, it says itself. Nobody types anything, so nobody's name can be tried.
 */
import type { PersonActor } from '#server/access/actor.ts';
import { beginLogin, type Begun, type Browser } from '#server/access/login.ts';
import { selectHolder } from '#server/access/queries/people.ts';
import { Refusal } from '#server/access/refusal.ts';
import { guardAttempt } from '#server/access/throttle.ts';
import { factorSubject, usable } from '#server/access/verify.ts';
import { read, type Store } from '#server/store/store.ts';

import { passkeyUse } from './answer.ts';
import type { ChallengeScope } from './challenge.ts';
import { type Assertion, readAssertion, requestOptions, tenantOfHandle, userHandle } from './passkey.ts';
import { selectPasskey } from './queries/factors.ts';
import type { Site } from './webauthn.ts';

/** For `navigator.credentials.get`, of whoever is at the keyboard. @param door what this browser is known by. */
export function offerDoor(store: Store, door: string, site: Site): object {
  return requestOptions(store, doorScope(door), { site });
}

/** @throws {Refusal} `badCredentials`, `tryLater`, `tooBusy`, `accountLocked`. */
export async function loginByPasskey(
  store: Store,
  given: Browser & { readonly response: unknown; readonly door: string; readonly site: Site },
): Promise<Begun> {
  const { site, remoteAddress: from } = given;
  const assertion = readAssertion(given.response);
  const found = assertion && (await findByAssertion(store, assertion));
  const subject = found && factorSubject(found.holder);
  return guardAttempt(store, { subject, remoteAddress: from, deviceToken: given.deviceToken }, async () => {
    if (!found) return undefined;
    const { holder, passkey } = found;
    const { tenantId, personId } = holder;
    // Nobody's actor yet: for the trace alone.
    const actor: PersonActor = { kind: 'person', tenantId, personId, by: 'session', scopes: [], from };
    const scope = doorScope(given.door);
    const use = await passkeyUse(store, { holder, actor, site, scope, passkey, mustVerify: true }, assertion);
    if (!use) return undefined;
    return beginLogin(store, usable(holder), given, [], {
      proof: 'passkey',
      use: async (tx, at) => {
        if (!(await use(tx, at))) throw new Refusal('badCredentials');
      },
    });
  });
}

async function findByAssertion(store: Store, { id, userHandle: handle }: Assertion) {
  const tenantId = handle === undefined ? undefined : tenantOfHandle(handle);
  if (tenantId === undefined) return undefined;
  return read(store, async (tx) => {
    const passkey = await selectPasskey(tx, tenantId, id);
    if (!passkey || userHandle(store, passkey) !== handle) return undefined;
    const holder = await selectHolder(tx, tenantId, passkey.personId);
    return holder && { passkey, holder };
  });
}

function doorScope(door: string): ChallengeScope {
  return { purpose: 'door', boundTo: door };
}
