import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { LmtpClient } from './lmtp-client.ts';
import { makeMessage } from './messages.ts';

const received: string[] = [];
const server = createServer(serve);
let port = 0;

before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address !== 'string');
  ({ port } = address);
});
after(() => server.close());

for (const sizeOctets of [900, 4_000, 50_000, 1_000_000]) {
  test(`a message of ${sizeOctets} octets has exactly that size, keeps the line rules, and arrives whole`, async () => {
    const message = makeMessage('a@bench.example', 'b@bench.example', sizeOctets);
    assert.equal(message.length, sizeOctets);
    const text = message.toString('latin1');
    assert.ok(text.endsWith('\r\n'));
    assert.doesNotMatch(text, /[^\r]\n|\r[^\n]|\n\.|[^\r\n]{999}/);
    const client = await LmtpClient.open(port);
    await client.deliver('a@bench.example', ['b@bench.example', 'c@bench.example'], message);
    client.close();
    assert.equal(received.pop(), text);
  });
}

test('a refused recipient is an error, not a delivery', async () => {
  const client = await LmtpClient.open(port);
  await assert.rejects(client.deliver('a@bench.example', ['nobody@bench.example'], Buffer.from('a\r\n')), /550/);
  client.close();
});

/** The least of an LMTP server: accepts everybody but nobody@, and keeps what it is told. */
function serve(socket: Socket): void {
  let text = '';
  let recipients = 0;
  let isData = false;
  socket.on('error', () => {});
  socket.write('220 ready\r\n');
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const mark = isData ? '\r\n.\r\n' : '\r\n';
      const end = text.indexOf(mark);
      if (end < 0) return;
      const item = text.slice(0, end);
      text = text.slice(end + mark.length);
      if (isData) {
        received.push(`${item}\r\n`);
        socket.write('250 kept\r\n'.repeat(recipients));
        [isData, recipients] = [false, 0];
      } else if (item.startsWith('LHLO')) socket.write('250-bench\r\n250 PIPELINING\r\n');
      else if (item === 'DATA') {
        isData = true;
        socket.write('354 go\r\n');
      } else if (item.includes('<nobody@')) socket.write('550 unknown\r\n');
      else {
        if (item.startsWith('RCPT')) recipients++;
        socket.write('250 ok\r\n');
      }
    }
  });
}
