import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

import { temporaryFolder } from '#tools/testing/folder.ts';

import { makeCertificate } from './certificate.ts';
import { examineCertificate, examineDisk, examineRecords } from './doctor.ts';

const published: Readonly<Record<string, unknown>> = {
  'MX a.example': [{ exchange: 'Mail.a.example', priority: 10 }],
  'TXT a.example': [['google-site-verification=x'], ['v=spf1 mx ', '-all']],
  'TXT _dmarc.a.example': [['v=DMARC1; p=reject']],
  'TXT k._domainkey.a.example': [['v=DKIM1; k=rsa; p=AAAA']],
  'TXT _mta-sts.a.example': [['v=STSv1; id=20260101']],
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
  { type: 'MX', name: 'late.example', value: '10 mail.', state: 'doubtful', because: 'nobody knows' },
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
  assert.equal((await examineDisk(join(folder, 'none'))).state, 'bad');
  assert.notEqual((await examineDisk(folder)).says, '');
});
