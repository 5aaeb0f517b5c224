import assert from 'node:assert/strict';
import { it } from 'node:test';

import { isListedField, listedFields, MAX_LISTED_OCTETS } from './listed.ts';
import { parseMessage } from './parse.ts';

function listed(text: string): string | null {
  const bytes = Buffer.from(text, 'latin1');
  const kept = listedFields(bytes, parseMessage(bytes).headers);
  return kept && Buffer.from(kept).toString('latin1');
}

const table: readonly { readonly text: string; readonly kept: string; readonly because: string }[] = [
  {
    text: 'Received: x\r\nSubject: a\r\n b\r\nX-Other: y\r\nFROM : z\r\n\r\nTo: body\r\n',
    kept: 'Subject: a\r\n b\r\nFROM : z\r\n',
    because: 'order, folding and spelling stay, the body is no header',
  },
  { text: 'Subject: \xe9t\xe9\nTo: a\n\n', kept: 'Subject: \xe9t\xe9\nTo: a\n', because: 'octets are not translated' },
  { text: 'Subject: 1\r\nSubject: 2\r\n\r\n', kept: 'Subject: 1\r\nSubject: 2\r\n', because: 'each instance stands' },
  { text: 'From x@y Mon\r\nDate: now', kept: 'Date: now', because: 'a message may end within its header' },
  { text: 'no header at all', kept: '', because: 'none is not unknown' },
];

for (const { text, kept, because } of table) {
  it(`listed fields: ${because}`, () => assert.equal(listed(text), kept));
}

it('fields too long to be kept beside the message are not kept', () => {
  const line = (octets: number): string => `References: ${'x'.repeat(octets - 14)}\r\n`;
  assert.equal(listed(`${line(MAX_LISTED_OCTETS)}X: ${'y'.repeat(20_000)}\r\n\r\n`)?.length, MAX_LISTED_OCTETS);
  assert.equal(listed(`${line(MAX_LISTED_OCTETS + 1)}\r\n`), null);
  assert.equal(listed(`${'X-Y: z\r\n'.repeat(10_001)}Subject: a\r\n\r\n`), null);
});

it('names are known in any case of letters', () => {
  assert.ok(isListedField('Message-ID') && isListedField('LIST-UNSUBSCRIBE'));
  assert.ok(!isListedField('Received'));
});
