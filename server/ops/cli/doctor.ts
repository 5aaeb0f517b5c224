/** `pli doctor`: looks at what mail needs, and says what to mend. Exit code 1 when something is bad. */
import { join } from 'node:path';

import type { Command } from 'commander';

import { systemResolver } from '#server/delivery/authenticate.ts';
import { listDomains } from '#server/directory/domain.ts';
import { listTenants } from '#server/directory/tenant.ts';
import { isKnownKey } from '#server/entry/key.ts';
import { countForeignSecrets } from '#server/imports/foreign.ts';
import { examineCertificate, examineDisk, examineNames } from '#server/ops/doctor.ts';
import { publicHost, recordsOf } from '#server/ops/reach.ts';
import { examineRecords, type Finding } from '#server/setup/examine.ts';

import { addCommonOptions, print, type Session, withStore } from './context.ts';

const signs: Readonly<Record<Finding['state'], string>> = { good: '✓', doubtful: '?', bad: '✗' };

export function register(command: Command): void {
  addCommonOptions(command).action((_options: object, self: Command) =>
    withStore(self, async (session) => {
      const findings = await examine(session);
      print(self, findings, () => findings.map(({ state, of, says }) => `${signs[state]} ${of}: ${says}`));
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
    }),
  );
}

async function examine(session: Session): Promise<readonly Finding[]> {
  const { store, actor, config } = session;
  const certificate = config.tls.cert === '' ? join(config.data, 'tls-cert.pem') : config.tls.cert;
  // The name other servers know, and the one mail programs connect to, which may be another.
  const names = new Set([config.hostname, publicHost(config)]);
  const tenants = await listTenants(store, actor);
  const domains = (await Promise.all(tenants.map(({ id }) => listDomains(store, actor, id)))).flat();
  const resolve = systemResolver();
  const records = await Promise.all(
    domains.map((domain) => examineRecords(recordsOf(config, domain, store.now()), resolve)),
  );
  return [
    await examineDisk(config.data),
    ...(await examineImportKey(session)),
    ...(await examineAccessKey(session)),
    ...(await Promise.all([...names].map((name) => examineCertificate(certificate, name, store.now())))),
    // Behind a proxy the certificate is the proxy's, which is not ours to see.
    ...(config.http.tls
      ? await examineNames(
          certificate,
          domains.flatMap(({ name }) => setupNames(name)),
        )
      : []),
    ...records.flat(),
  ];
}

/** Nothing is said where there is nothing to carry on. */
async function examineImportKey({ store, config }: Session): Promise<readonly Finding[]> {
  const foreign = await countForeignSecrets(store, config.data);
  const path = join(config.data, 'import-key');
  const says = `${path} is not the key ${foreign} imports under way were begun with: copy it from the machine they were begun on`;
  return foreign === 0 ? [] : [{ state: 'bad', of: 'import key', says }];
}

/** Nothing is said before a server has run on the database. */
async function examineAccessKey({ store, config }: Session): Promise<readonly Finding[]> {
  const isKnown = await isKnownKey(store);
  const path = config.passwords.key === '' ? join(config.data, 'access-key') : config.passwords.key;
  if (isKnown === undefined) return [];
  if (isKnown) return [{ state: 'good', of: 'access key', says: `${path} is the key of this database` }];
  const says = `${path} is not the key that NUMEN are hashed with: copy it from the machine or the backup it was made on`;
  return [{ state: 'bad', of: 'access key', says }];
}

/** Where Thunderbird and Outlook look, beside the domain itself. */
function setupNames(domain: string): readonly string[] {
  return [`autoconfig.${domain}`, `autodiscover.${domain}`];
}
