import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadReply, createReplyReader, printReply } from './reply.ts';

const octets = (text: string) => new TextEncoder().encode(text);

test('a printed reply reads back the same, however it is cut', () => {
  const replies = [
    { code: 250, enhanced: '2.1.5', lines: ['OK'] },
    { code: 250, enhanced: undefined, lines: ['mail.example.fr', 'PIPELINING', 'SIZE 1000'] },
    { code: 550, enhanced: '5.1.1', lines: ['No such mailbox', 'Check the address'] },
  ];
  const text = replies.map(printReply).join('');
  for (const chunkLength of [1, 2, 7, text.length]) {
    const reader = createReplyReader();
    const found = [];
    for (let at = 0; at < text.length; at += chunkLength)
      found.push(...reader.push(octets(text.slice(at, at + chunkLength))));
    assert.deepEqual(found, replies);
  }
});

test('nothing in a text can begin a new line', () => {
  assert.equal(printReply({ code: 250, enhanced: '2.0.0', lines: ['a\r\n550 é'] }), '250 2.0.0 a??550 ?\r\n');
});

test('replies of other servers are read within bounds', () => {
  assert.deepEqual(createReplyReader().push(octets('250\r\n')), [{ code: 250, enhanced: undefined, lines: [''] }]);
  assert.deepEqual(createReplyReader().push(octets('220 mx ESMTP\n')), [
    { code: 220, enhanced: undefined, lines: ['mx ESMTP'] },
  ]);
  for (const bad of ['HTTP/1.1 400\r\n', '250-a\r\n550 b\r\n', '99 x\r\n', 'x'.repeat(3000), '250-a\r\n'.repeat(300)]) {
    assert.throws(() => createReplyReader().push(octets(bad)), BadReply, bad.slice(0, 20));
  }
});
