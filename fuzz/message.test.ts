import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMessage, fuzzMessages } from './message.ts';
import { messageSeeds, octets } from './messageseeds.ts';

for (const [name, message] of messageSeeds()) {
  test(`the odd message "${name}" is read within its bounds`, () => assert.equal(checkMessage(message), null));
}

/** Found by fuzzing, cut down. */
const found: readonly { message: string; because: string }[] = [
  {
    message:
      'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n--b\n\ntwo\n--b--\n',
    because: 'a multipart whose header is cut short by a boundary has no parts, and is text',
  },
  {
    message:
      'Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: un\ntexte\n--d\n\nSubject: deux\n\ntexte\n--d--\n',
    because: 'a carried message whose header is cut short ends no later than what carries it',
  },
  {
    message: 'Content-Type: multipart/mixed; name=a.png\n\n\n',
    because: 'a multipart given as text keeps no name of its parameters',
  },
];
for (const { message, because } of found) {
  test(because, () => assert.equal(checkMessage(octets(message.replaceAll('\n', '\r\n'))), null));
}

test('2,000 messages changed at random are read within their bounds, and none throws', () => {
  assert.deepEqual(fuzzMessages(20_261_122, 2_000), []);
});
