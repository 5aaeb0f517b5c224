import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Broken, exchange, type MechanismName, mechanisms, readResponse } from './sasl.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const alice = { kind: 'password', authorizationId: '', userName: 'alice', password: 'secret' };
const token = { kind: 'bearer', userName: 'alice', token: 't0ken' };

/** What the client answers, one challenge after the other; a client with nothing left is gone. */
const talks: readonly {
  mechanism: MechanismName;
  initial: string | undefined;
  answers: readonly string[];
  asked?: readonly string[];
  ends: Broken | object;
  because: string;
}[] = [
  { mechanism: 'PLAIN', initial: base64('\0alice\0secret'), answers: [], ends: alice, because: 'said at once' },
  {
    mechanism: 'PLAIN',
    initial: undefined,
    answers: [base64('\0alice\0secret')],
    asked: [''],
    ends: alice,
    because: 'asked',
  },
  {
    mechanism: 'LOGIN',
    initial: undefined,
    answers: [base64('alice'), base64('secret')],
    asked: ['Username:', 'Password:'],
    ends: alice,
    because: 'it asks twice',
  },
  {
    mechanism: 'LOGIN',
    initial: base64('alice'),
    answers: [],
    asked: ['Password:'],
    ends: 'gone',
    because: 'the client left',
  },
  {
    mechanism: 'LOGIN',
    initial: undefined,
    answers: ['*'],
    asked: ['Username:'],
    ends: 'cancelled',
    because: 'it gave up',
  },
  {
    mechanism: 'PLAIN',
    initial: '*',
    answers: [],
    ends: 'badResponse',
    because: 'who has not been asked cannot give up',
  },
  { mechanism: 'PLAIN', initial: 'é', answers: [], ends: 'badResponse', because: 'that is not base64' },
  { mechanism: 'PLAIN', initial: '', answers: [], ends: 'badResponse', because: 'an empty response is one' },
  { mechanism: 'PLAIN', initial: base64('alice'), answers: [], ends: 'badResponse', because: 'that is not PLAIN' },
  {
    mechanism: 'XOAUTH2',
    initial: base64('user=alice\x01auth=Bearer t0ken\x01\x01'),
    answers: [],
    ends: token,
    because: 'a token',
  },
];

for (const { mechanism, initial, answers, asked = [], ends, because } of talks)
  test(`${mechanism} ends as it should: ${because}`, async () => {
    const heard: string[] = [];
    const respond = (challenge: string) => {
      const answer = answers[heard.push(challenge) - 1];
      return Promise.resolve(answer === undefined ? 'gone' : readResponse(answer));
    };
    assert.deepEqual(await exchange(mechanisms[mechanism], initial, respond), ends);
    assert.deepEqual(heard, asked);
  });

test('what goes wrong while the client is asked is no bad response', async () => {
  const respond = () => Promise.reject(new Error('the socket'));
  await assert.rejects(exchange(mechanisms.PLAIN, undefined, respond), /the socket/);
});

for (const text of ['A', 'AB', 'ABC', 'ABCDE', 'AB=C', '====', 'AB-_', 'AB CD', 'ABCD '])
  test(`no base64: '${text}'`, () => assert.equal(readResponse(text), 'badResponse'));
