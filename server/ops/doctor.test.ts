import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

import { temporaryFolder } from '#tools/testing/folder.ts';

import { makeCertificate } from './certificate.ts';
import { examineRecords } from '#server/setup/examine.ts';

import { examineCertificate, examineDisk, examineNames } from './doctor.ts';

const published: Readonly<Record<string, unknown>> = {
  'MX a.example': [{ exchange: 'Mail.a.example', priority: 10 }],
  'TXT a.example': [['google-site-verification=x'], ['v=spf1 mx ', '-all']],
  'TXT _dmarc.a.example': [['v=DMARC1; p=reject']],
  'TXT k._domainkey.a.example': [['v=DKIM1; k=rsa; p=AAAA']],
  'TXT _mta-sts.a.example': [['v=STSv1; id=20260101']],
  'SRV _submissions._tcp.a.example': [{ priority: 5, weight: 7, port: 465, name: 'Mail.a.example' }],
  'SRV _imap._tcp.a.example': [{ priority: 0, weight: 1, port: 143, name: 'old.a.example' }],
  'SRV _pop3._tcp.a.example': [{ priority: 0, weight: 0, port: 0, name: '' }],
  'SRV _pop3._tcp.b.example': [{ priority: 0, weight: 0, port: 110, name: 'old.b.example' }],
  'CNAME autoconfig.a.example': ['Mail.a.example'],
  'A autoconfig.b.example': ['192.0.2.1'],
  'A autoconfig.c.example': ['192.0.2.9'],
  'A mail.a.example': ['192.0.2.1'],
};

const resolve = async (name: string, type: string): Promise<string[]> => {
  const answer = published[`${type} ${name}`];
  if (name.startsWith('late')) throw Object.assign(new Error('timeout'), { code: 'ETIMEOUT' });
  if (answer === undefined) throw Object.assign(new Error('none'), { code: 'ENODATA' });
  return answer as string[];
};

const rows = [
  { type: 'MX', name: 'a.example', value: '10 mail.a.example.', state: 'good', because: 'names have no case' },
  { type: 'MX', name: 'b.example', value: '10 mail.b.example.', state: 'bad', because: 'no mail comes' },
  { type: 'TXT', name: 'a.example', value: 'v=spf1 mx -all', state: 'good', because: 'strings are joined' },
  { type: 'TXT', name: '_dmarc.a.example', value: 'v=DMARC1; p=none', state: 'doubtful', because: 'theirs to choose' },
  {
    type: 'TXT',
    name: 'k._domainkey.a.example',
    value: 'v=DKIM1; k=rsa; p=BBBB',
    state: 'bad',
    because: 'another key',
  },
  { type: 'TXT', name: '_mta-sts.a.example', value: 'v=STSv1; id=2', state: 'good', because: 'an id is any' },
  {
    type: 'SRV',
    name: '_imaps._tcp.a.example',
    value: '0 1 993 mail.',
    state: 'doubtful',
    because: 'mail goes without',
  },
  {
    type: 'SRV',
    name: '_submissions._tcp.a.example',
    value: '0 1 465 mail.a.example.',
    state: 'good',
    because: 'priority and weight are theirs to choose',
  },
  {
    type: 'SRV',
    name: '_imap._tcp.a.example',
    value: '10 1 143 mail.a.example.',
    state: 'doubtful',
    because: 'it leads to another server',
  },
  { type: 'SRV', name: '_pop3._tcp.a.example', value: '0 0 0 .', state: 'good', because: 'it says there is none' },
  { type: 'SRV', name: '_pop3._tcp.b.example', value: '0 0 0 .', state: 'doubtful', because: 'it promises POP3' },
  { type: 'SRV', name: '_pop3._tcp.c.example', value: '0 0 0 .', state: 'good', because: 'nothing says none too' },
  { type: 'CNAME', name: 'autoconfig.a.example', value: 'mail.a.example.', state: 'good', because: 'an alias' },
  { type: 'CNAME', name: 'autoconfig.b.example', value: 'mail.a.example.', state: 'good', because: 'the same address' },
  { type: 'CNAME', name: 'autoconfig.c.example', value: 'mail.a.example.', state: 'doubtful', because: 'elsewhere' },
  {
    type: 'CNAME',
    name: 'autoconfig.d.example',
    value: 'mail.a.example.',
    state: 'doubtful',
    because: 'nothing there',
  },
] as const;

for (const { state, because, ...record } of rows) {
  it(`finds ${record.type} ${record.name} ${state}: ${because}`, async () => {
    const [finding] = await examineRecords([{ ...record, why: '' }], resolve);
    assert.equal(finding?.state, state, finding?.says ?? 'no finding');
  });
}

it('looks at the certificate: whom it names, how long it lasts, who signed it', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'cert.pem');
  writeFileSync(path, makeCertificate('mail.a.example', new Date('2026-01-01')).cert);
  const at = Date.parse('2026-11-22');
  assert.equal((await examineCertificate(path, 'mail.a.example', at)).state, 'doubtful');
  assert.match((await examineCertificate(path, 'other.example', at)).says, /does not name/);
  assert.match((await examineCertificate(path, 'mail.a.example', Date.parse('2040-01-01'))).says, /ended/);
  assert.equal((await examineCertificate(join(folder, 'none'), 'x', at)).state, 'bad');
  const names = await examineNames(path, ['mail.a.example', 'autoconfig.a.example']);
  assert.deepEqual(
    names.map(({ state, says }) => [state, /autoconfig\.a\.example/.test(says)]),
    [['doubtful', true]],
  );
  assert.equal((await examineDisk(join(folder, 'none'))).state, 'bad');
  assert.notEqual((await examineDisk(folder)).says, '');
});
