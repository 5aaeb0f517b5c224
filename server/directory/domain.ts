/** Mail domains: each belongs to one tenant and signs with a key of its own (DKIM, RFC 6376). */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { parseDomain } from './address.ts';
import { type Domain, insertDomain, selectDomain, selectDomains } from './queries/addresses.ts';

export type { Domain };

export interface NewDomain {
  readonly tenantId: TenantId;
  readonly name: string;
  /** Whether planned addresses are of this domain from now on; the first one of a tenant is in any case. */
  readonly isDefault?: boolean;
}

// RFC 8301 §3.2 asks for 2048 at least; larger ones no longer fit one string of a TXT record.
const rsaBits = 2048;

/** @throws {Refusal} `invalidArguments`, `alreadyExists` (also when another tenant has it), `mayNot`. */
export async function addDomain(store: Store, actor: Actor, given: NewDomain): Promise<Domain> {
  requireSystem(actor);
  const name = parseDomain(given.name);
  if (name === undefined || !name.includes('.'))
    throw new Refusal('invalidArguments', { description: `not a domain name: ${given.name}` });
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: rsaBits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const { tenantId } = given;
  return write(store, async (tx) => {
    if (await selectDomain(tx, name)) throw new Refusal('alreadyExists', { description: `domain ${name}` });
    const at = store.now();
    const isFirst = (await selectDomains(tx, tenantId)).length === 0;
    const domain: Domain = {
      tenantId,
      name,
      isDefault: given.isDefault === true || isFirst,
      dkimSelector: `pli${new Date(at).toISOString().slice(0, 7).replace('-', '')}`,
      dkimPrivateKey: privateKey,
    };
    await insertDomain(tx, domain, at);
    await recordTrace(tx, { tenantId, actor, verb: 'addDomain', at, details: { domain: name } });
    return domain;
  });
}

/** The default one first. @throws {Refusal} `mayNot` */
export async function listDomains(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly Domain[]> {
  requireSystem(actor);
  return read(store, (tx) => selectDomains(tx, tenantId));
}

/** For what signs and for what asks whether mail stays in the house. `name` as parseDomain gives it. */
export function findDomain(tx: Tx, name: string): Promise<Domain | undefined> {
  return selectDomain(tx, name);
}
