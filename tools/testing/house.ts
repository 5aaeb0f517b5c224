/** A house with an empty academy and an HTTP head, for the tests of heads that speak HTTP. */
import { pino } from 'pino';

import { operator } from '#server/access/actor.ts';
import { addDomain, type Domain } from '#server/directory/domain.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { planDomainRecords } from '#server/directory/records.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { createMetrics } from '#server/metrics/registry.ts';
import type { House } from '#server/protocols/house.ts';
import type { HttpOptions, HttpServer } from '#server/protocols/http/options.ts';
import { startHttp } from '#server/protocols/http/start.ts';
import type { HttpHead } from '#server/protocols/web.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

export type { HttpServer };

export interface TestPerson extends AddedPerson {
  readonly password: string;
  /** The header of HTTP Basic. */
  readonly basic: string;
  /** `a12`. */
  readonly jmapAccountId: string;
}

export interface TestHouse {
  readonly house: House;
  readonly tenantId: TenantId;
  readonly alice: TestPerson;
  readonly bruno: TestPerson;
  start(heads: readonly HttpHead[], options?: Partial<HttpOptions>): Promise<HttpServer>;
}

/** @param name makes domain and slug; two houses on one store need two. */
export async function openTestHouse(store: Store, name = 'academie'): Promise<TestHouse> {
  const log = pino({ level: 'silent' });
  const hostName = `mail.${name}.example`;
  const recordsOf = (domain: Domain) => planDomainRecords(domain, { hostname: hostName, mtaStsId: '1' });
  const house: House = { store, log, metrics: createMetrics(), isLab: false, hostName, recordsOf };
  const tenantId = await addTenant(store, operator, { slug: name, name: 'Académie d’essai' });
  await addDomain(store, operator, { tenantId, name: `${name}.example` });
  const add = async (givenName: string, familyName: string): Promise<TestPerson> => {
    const password = `un-mot-de-passe-long-pour-${givenName}`;
    const person = await addPerson(store, operator, { tenantId, givenName, familyName, password });
    const basic = `Basic ${Buffer.from(`${person.userName}:${password}`).toString('base64')}`;
    return { ...person, password, basic, jmapAccountId: `a${person.accountId}` };
  };
  return {
    house,
    tenantId,
    alice: await add('Alice', 'Martin'),
    bruno: await add('Bruno', 'Petit'),
    start: (heads, options) =>
      startHttp(house, {
        host: '127.0.0.1',
        port: 0,
        trustedProxies: [],
        clientFolder: '/nowhere',
        info: () => Promise.resolve({ tenantName: 'Académie d’essai', isDemonstration: false }),
        heads,
        ...options,
      }),
  };
}
