import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFacts } from './facts.ts';

const facts = {
  email: 'alice@a.example',
  services: [
    { kind: 'imap', host: 'mail.a.example', port: 993, security: 'tls' },
    { kind: 'caldav', host: 'mail.a.example', port: 443, security: 'tls' },
  ],
  webUrl: 'https://a.example',
  profileUrl: 'https://a.example/setup/pli.mobileconfig?email=alice%40a.example',
  scopes: ['mail', 'calendars'],
};

test('a service of a newer server, which the page has no words for, is left out', () => {
  const read = readFacts(facts);
  assert.deepEqual(read.services, [facts.services[0]]);
  assert.deepEqual(read.scopes, ['mail', 'calendars']);
});

test('an answer of another shape is refused and not half shown', () => {
  for (const wrong of [null, [], { ...facts, email: 1 }, { ...facts, services: [{ kind: 'imap', host: 'x' }] }])
    assert.throws(() => readFacts(wrong), { name: 'ShapeError' });
});
