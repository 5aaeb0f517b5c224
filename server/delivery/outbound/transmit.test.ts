import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';

import { certificateFor, type Sink, startSink } from '#tools/testing/mail-sink.ts';

import { publishedPolicies } from './mta-sts.ts';
import { type Outbound, planOutbound, readSmarthost } from './options.ts';
import { isOwnAddress } from './own-address.ts';
import { type Outcome, transmitter } from './transmit.ts';

const octets = Buffer.from('From: <a@here.example>\r\nSubject: é\r\n\r\nBonjour\r\n');
const mail = { mailFrom: 'a@here.example', ret: undefined, envid: undefined, octets };
const to = (...addresses: readonly string[]) =>
  addresses.map((address) => ({ address, notify: undefined, orcpt: undefined }));

/** One domain, one host, on a port of the loopback network. */
function outboundTo(port: number, given: Partial<Outbound> = {}, address = '127.0.0.2'): Outbound {
  return {
    hostName: 'mail.here.example',
    road: { kind: 'mx' },
    resolver: {
      mx: async () => ({ kind: 'found', records: [{ exchange: 'mx.there.example', priority: 1 }] }),
      addresses: async () => ({ kind: 'found', addresses: [address] }),
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    },
    tlsPolicy: async () => undefined,
    connectionsPerHost: 4,
    isOwnAddress: () => false,
    portOf: () => port,
    ca: undefined,
    timeouts: { connectMs: 1_000, commandMs: 1_000, endOfDataMs: 1_000 },
    ...given,
  };
}

async function send(outbound: Outbound, ...addresses: readonly string[]): Promise<readonly Outcome[]> {
  const result = await transmitter(outbound)('there.example', mail, to(...addresses));
  assert.equal(result.kind, 'done');
  return result.kind === 'done' ? addresses.flatMap((address) => result.outcomes.get(address) ?? []) : [];
}

/** A server that says each of `lines` when the client has said something, the first at once. */
async function startParrot(lines: readonly string[]): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    let next = 1;
    socket.on('error', () => undefined);
    socket.write(lines[0] ?? '');
    socket.on('data', () => {
      const line = lines[next++];
      if (line === undefined) socket.destroy();
      else if (line !== '') socket.write(line);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.2', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, server };
}

describe('TLS', () => {
  const certificate = certificateFor('mx.there.example');
  let sink: Sink;
  let plain: Sink;
  before(async () => {
    sink = await startSink('127.0.0.2', { secureContext: () => certificate.context });
    plain = await startSink('127.0.0.2');
  });
  after(async () => {
    await sink.close();
    await plain.close();
  });
  const enforced = (name: string) => async () => ({ allows: (hostName: string) => hostName === name });

  test('is used where it is offered, whatever the certificate', async () => {
    const [outcome] = await send(outboundTo(sink.port), 'b@there.example');
    assert.equal(outcome?.kind, 'taken');
    assert.equal(sink.taken.at(-1)?.tls, 'TLSv1.3');
    assert.equal(sink.taken.at(-1)?.mail.body, '8BITMIME');
    assert.equal(sink.taken.at(-1)?.mail.sizeOctets, octets.length);
  });

  test('is done without where it is offered and does not come about (RFC 7435)', async () => {
    // The first connection fails at STARTTLS, the second one hears no offer taken up.
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.write('220 hello\r\n');
      socket.on('data', (chunk) => {
        const line = chunk.toString('latin1');
        if (line.startsWith('EHLO')) socket.write('250-mx\r\n250 STARTTLS\r\n');
        else if (line.startsWith('STARTTLS')) socket.write('220 go\r\n');
        else if (line.startsWith('DATA')) socket.write('354 go\r\n');
        else if (/^(?:MAIL|RCPT|QUIT)/.test(line) || line.endsWith('\r\n.\r\n')) socket.write('250 2.0.0 ok\r\n');
        else socket.destroy();
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.2', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const [outcome] = await send(outboundTo(port), 'b@there.example');
    server.close();
    assert.equal(outcome?.kind, 'taken');
    assert.equal(connections, 2);
  });

  test('is enforced where the domain publishes so (RFC 8461)', async () => {
    const policy = { tlsPolicy: enforced('mx.there.example') };
    const rows = [
      { because: 'an unknown authority', outbound: outboundTo(sink.port, policy), kind: 'later', status: '4.7.5' },
      { because: 'no TLS at all', outbound: outboundTo(plain.port, policy), kind: 'later', status: '4.4.1' },
      {
        because: 'a host the policy does not name',
        outbound: outboundTo(sink.port, { tlsPolicy: enforced('other.example'), ca: certificate.pem }),
        kind: 'later',
        status: '4.7.5',
      },
      {
        because: 'a certificate that is believed',
        outbound: outboundTo(sink.port, { ...policy, ca: certificate.pem }),
        kind: 'taken',
        status: '2.0.0',
      },
    ];
    for (const { because, outbound, kind, status } of rows) {
      const [outcome] = await send(outbound, 'b@there.example');
      assert.deepEqual([outcome?.kind, outcome?.status], [kind, status], `${because}: ${outcome?.reply}`);
    }
  });

  test('octets before TLS count for nothing', async () => {
    const { port, server } = await startParrot(['220 x\r\n', '250-x\r\n250 STARTTLS\r\n', '220 go\r\n250 forged\r\n']);
    const [outcome] = await send(outboundTo(port, { tlsPolicy: enforced('mx.there.example') }), 'b@there.example');
    server.close();
    assert.equal(outcome?.kind, 'later');
    assert.match(outcome?.reply ?? '', /replies before TLS/);
  });
});

describe('a smarthost', () => {
  test('is given the login and every domain', async () => {
    const sink = await startSink('127.0.0.1', { kind: 'submission', mayAuthenticateInClear: true });
    const road = { kind: 'smarthost', ...readSmarthost(`smtp://relay:secret@127.0.0.1:${sink.port}`) } as const;
    const [outcome] = await send(outboundTo(1, { road }), 'b@there.example');
    assert.equal(outcome?.kind, 'taken', outcome?.reply ?? 'nothing');
    assert.equal(sink.taken.at(-1)?.userName, 'relay');
    const wrong = { kind: 'smarthost', ...readSmarthost(`smtp://relay:wrong@127.0.0.1:${sink.port}`) } as const;
    const [refused] = await send(outboundTo(1, { road: wrong }), 'b@there.example');
    assert.equal(refused?.kind, 'later', 'an operator can mend it');
    await sink.close();
  });

  test('is read from its URL', () => {
    assert.deepEqual(readSmarthost('smtps://a%40b:p%3Aw@relay.example'), {
      host: 'relay.example',
      port: 465,
      isTlsImplicit: true,
      login: { userName: 'a@b', password: 'p:w' },
    });
    assert.deepEqual(readSmarthost('smtp://[::1]:2525'), {
      host: '::1',
      port: 2525,
      isTlsImplicit: false,
      login: undefined,
    });
    for (const text of ['relay.example', 'http://relay.example', 'smtp://']) {
      assert.throws(() => readSmarthost(text), RangeError, text);
    }
  });
});

describe('servers that misbehave', () => {
  const rows: readonly { readonly because: string; readonly lines: readonly string[]; readonly status: string }[] = [
    { because: 'it is busy', lines: ['421 4.3.2 busy\r\n'], status: '4.3.2' },
    { because: 'it is no mail server', lines: ['HTTP/1.1 400 Bad Request\r\n'], status: '4.4.1' },
    { because: 'it says nothing', lines: [''], status: '4.4.1' },
    { because: 'it hangs up', lines: ['220 x\r\n', '250 x\r\n'], status: '4.4.1' },
    { because: 'it never stops talking', lines: ['220 x\r\n', `250-${'x'.repeat(100_000)}`], status: '4.4.1' },
  ];
  for (const { because, lines, status } of rows) {
    test(`the message waits when ${because}`, async () => {
      const { port, server } = await startParrot(lines);
      const [outcome] = await send(outboundTo(port), 'b@there.example');
      server.close();
      assert.deepEqual([outcome?.kind, outcome?.status], ['later', status], outcome?.reply ?? 'nothing');
    });
  }

  test('a message that is too large for it comes back without being sent', async () => {
    const { port, server } = await startParrot(['220 x\r\n', '250-x\r\n250 SIZE 10\r\n', '250 ok\r\n']);
    const [outcome] = await send(outboundTo(port), 'b@there.example');
    server.close();
    assert.deepEqual([outcome?.kind, outcome?.status], ['failed', '5.3.4']);
  });

  test('an address beyond ASCII needs SMTPUTF8, a domain beyond ASCII does not', async () => {
    const lines = ['220 x\r\n', '250 x\r\n', '250 ok\r\n', '550 5.1.1 no\r\n', '250 ok\r\n'];
    const { port, server } = await startParrot(lines);
    const [local] = await send(outboundTo(port), 'hélène@there.example');
    assert.equal(local?.status, '5.6.7');
    const [domain] = await send(outboundTo(port), 'helene@académie.example');
    assert.equal(domain?.status, '5.1.1', 'it was asked');
    server.close();
  });

  test('more recipients than a server must take go in several transactions', async () => {
    const sink = await startSink('127.0.0.2', { limits: { maxRecipients: 100 } });
    const addresses = Array.from({ length: 250 }, (_, index) => `r${index}@there.example`);
    const outcomes = await send(outboundTo(sink.port), ...addresses);
    assert.equal(outcomes.filter(({ kind }) => kind === 'taken').length, 250);
    assert.deepEqual(
      sink.taken.map(({ recipients }) => recipients.length),
      [100, 100, 50],
    );
    await sink.close();
  });
});

test('in laboratory mode nothing leaves', async () => {
  const settings = { hostName: 'x.example', isLab: true, smarthost: '', connectionsPerHost: 1, ca: undefined };
  const [outcome] = await send(planOutbound(settings), 'b@there.example');
  assert.deepEqual([outcome?.kind, outcome?.status], ['failed', '5.4.4']);
});

test('addresses of this machine are known', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1']) {
    assert.ok(isOwnAddress(address), address);
  }
  for (const address of ['192.0.2.1', '2001:db8::1', '12.7.0.1']) assert.ok(!isOwnAddress(address), address);
});

test('a domain without a policy asks for nothing, and is not asked again for an hour', async () => {
  let asked = 0;
  let at = 0;
  const resolve = () => {
    asked += 1;
    return Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  };
  const policies = publishedPolicies({ resolve }, () => at);
  assert.equal(await policies('there.example'), undefined);
  assert.equal(await policies('there.example'), undefined);
  assert.equal(asked, 1);
  at = 3_600_000;
  assert.equal(await policies('there.example'), undefined);
  assert.equal(asked, 2);
});
