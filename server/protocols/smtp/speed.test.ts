import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { printData } from '#formats/smtp/data.ts';
import { startSmtp } from './server.ts';

/** Sends `count` messages on one connection: MAIL, RCPT and DATA in one group, the text after 354. */
function send(port: number, count: number, message: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const group = 'MAIL FROM:<a@example.fr> SIZE=4000\r\nRCPT TO:<b@example.fr>\r\nDATA\r\n';
    let left = count;
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line.startsWith('220')) socket.write('LHLO bench\r\n');
        else if (line.startsWith('250 LIMITS')) socket.write(group);
        else if (line.startsWith('354')) socket.write(message);
        else if (line.startsWith('250 2.0.0')) {
          left -= 1;
          if (left > 0) socket.write(group);
          else {
            socket.end('QUIT\r\n');
            resolve();
          }
        } else if (/^[45]/.test(line)) reject(new Error(line));
      }
    });
  });
}

test('the engine alone takes thousands of 4 kB messages a second over 32 LMTP connections', async (t) => {
  const spoolFolder = mkdtempSync(join(tmpdir(), 'pli-smtp-'));
  let octets = 0;
  const server = await startSmtp(
    {
      kind: 'lmtp',
      host: '127.0.0.1',
      port: 0,
      hostName: 'mail.example.fr',
      secureContext: undefined,
      isTlsImplicit: false,
      mayAuthenticateInClear: false,
      mechanisms: [],
      maxHoldSeconds: 0,
      spoolFolder,
      limits: {},
      onEvent: () => undefined,
    },
    {
      authenticate: () => Promise.reject(new Error('not on LMTP')),
      mailFrom: () => 'sender',
      rcptTo: () => 'recipient',
      message: (_session, _envelope, content) => {
        octets += content.sizeOctets;
        return { kind: 'accepted', reference: undefined };
      },
    },
  );
  const text = `Subject: measure\r\n\r\n${`${'A'.repeat(76)}\r\n`.repeat(51)}`;
  const message = printData(Buffer.from(text));
  try {
    await Promise.all(Array.from({ length: 32 }, () => send(server.port, 20, message)));
    octets = 0;
    const perConnection = 200;
    // Of this process, which is both ends: others may keep the machine busy meanwhile.
    const before = process.cpuUsage();
    await Promise.all(Array.from({ length: 32 }, () => send(server.port, perConnection, message)));
    const { user, system } = process.cpuUsage(before);
    const perSecond = (32 * perConnection) / ((user + system) / 1_000_000);
    t.diagnostic(
      `${Math.round(perSecond)} messages of ${text.length} octets a second of processor, client in the same process`,
    );
    assert.equal(octets, 32 * perConnection * text.length);
    // The goal is 5,000 a second on a quiet machine.
    assert.ok(perSecond > 500, `${perSecond}`);
  } finally {
    await server.close(200);
    rmSync(spoolFolder, { recursive: true, force: true });
  }
});
