import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { after, before, test } from 'node:test';
import { playConversation, type Fixture } from './conversations.ts';
import { BadConversation, readConversation } from './conversations/read.ts';
import type { Lab, LabAccount } from './lab.ts';

// A server that says every line back, greets, and leaves on "quit"; and an HTTP one that says back what was asked.
const echo = createTcpServer((socket) => {
  socket.write('* OK ready\r\n');
  socket.on('data', (chunk) => (chunk.toString().startsWith('quit') ? socket.end('bye\r\n') : socket.write(chunk)));
});
const mirror = createServer((asked, answer) => {
  let body = '';
  asked.on('data', (chunk: Buffer) => (body += chunk.toString()));
  asked.on('end', () => {
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ method: asked.method, url: asked.url, as: asked.headers.authorization ?? null, body }));
  });
});

before(async () => {
  for (const server of [echo, mirror]) await once(server.listen(0, '127.0.0.1'), 'listening');
});
after(() => {
  echo.close();
  mirror.close();
});

const good = [
  `alice connects imap\nalice< * OK ready\nalice> a1 x\nalice< a1 <said:.>\nalice> again $said\nalice< again x`,
  `alice connects imap\nalice<… a\nalice hears nothing`.replace('alice<…', 'alice> a\nalice<…'),
  `alice connects imap\nalice< …\nalice> a APPEND <<EOF\nl'été\nEOF\nalice< a APPEND {9+}\nalice< l'été\nalice< `,
  `alice connects imap\nalice< …\nalice> <<EOF\n1\n2\nEOF\nalice< in any order:\n  2\n  1\nalice> quit\nalice< bye\nalice is closed`,
  `alice connects imap\nalice< …\nalice>> "a\\u0000b\\nc\\r\\n"\nalice< a\u0000b\nalice< c\nalice closes`,
  `nobody GET /a?b=c\nnobody< HTTP 200\ncontent-type: application/json\nset-cookie: (absent)\n{ "method": "GET", "url": "/<rest:.*>", "as": null }\nnobody GET /$rest\nnobody< HTTP 200\n{"url": "/a?b=c"}`,
  `given alice has an account\nalice POST /x\n{ "a": [1,\n "]"] }\nalice< HTTP 200\n{ "as": "Basic …", "body": "{ \\"a\\": [1,\\n \\"]\\"] }" }`,
];

for (const [at, text] of good.entries()) {
  test(`conversation ${at + 1} goes as written`, () => play(text));
}

const bad = [
  { text: `alice connects imap\nalice< * BYE`, why: /:3: alice expected: \* BYE\nbut heard: \* OK ready/ },
  { text: `alice connects imap\nalice hears nothing`, why: /alice hears: \* OK/ },
  { text: `alice connects imap\nalice is closed`, why: /alice is not closed/ },
  { text: `alice connects imap\nalice< …\nalice> quit\nalice< bye\nalice< more`, why: /alice was closed/ },
  { text: `alice connects imap\nalice< in any order:\n  a\n  b`, why: /expected one of/ },
  { text: `alice> a`, why: /alice has no connection/ },
  { text: `alice connects pop`, why: /no port for pop/ },
  { text: `given the moon is full`, why: /knows no fixture/ },
  { text: `nobody GET /\nnobody< HTTP 404`, why: /HTTP 200, not 404/ },
  { text: `nobody GET /\nnobody< HTTP 200\n{ "method": "POST" }`, why: /\$\.method is "GET", not "POST"/ },
  { text: `nobody GET /\nnobody< HTTP 200\nx-none: …`, why: /the header x-none is absent/ },
];

for (const { text, why } of bad) {
  test(`a conversation that goes otherwise fails: ${why.source}`, () => assert.rejects(play(text), why));
}

test('a line that is no step is refused with its number', () => {
  assert.throws(() => readConversation('# t\n\nalice shouts'), new BadConversation('3: this is no step: alice shouts'));
  assert.throws(() => readConversation('alice> a'), BadConversation);
  assert.throws(() => readConversation('# t\nalice> <<EOF\na'), BadConversation);
});

const fixtures: readonly Fixture[] = [
  {
    says: /^(\w+) has an account$/,
    prepare: async ({ account }, name = '') => {
      await account(name);
    },
  },
];

function play(text: string): Promise<void> {
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;
  const ready = { url: `http://127.0.0.1:${portOf(mirror)}`, ports: { imap: portOf(echo) }, accounts: [] };
  const addAccount = (userName: string): Promise<LabAccount> =>
    Promise.resolve({ userName, email: `${userName}@example.org`, password: 'secret' });
  const nothing = (): Promise<void> => Promise.resolve();
  const lab: Lab = {
    start: () => Promise.resolve(ready),
    stop: nothing,
    kill: nothing,
    pli: () => Promise.resolve(''),
    addAccount,
    pid: () => undefined,
  };
  return playConversation('a.txt', readConversation(`# a test\n${text}`), lab, ready, fixtures);
}
