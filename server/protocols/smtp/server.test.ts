import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { PortKind, SmtpHandlers } from './handlers.ts';
import { limitsOf, type SmtpOptions } from './options.ts';
import { type TestClient, connectSecurelyTo, connectTo, startPort, testCertificate } from './port.testing.ts';

async function open(
  t: TestContext,
  kind: PortKind,
  options: Partial<SmtpOptions> = {},
  handlers: Partial<SmtpHandlers<string, string>> = {},
) {
  const port = await startPort(kind, options, handlers);
  t.after(port.close);
  const client = options.isTlsImplicit === true ? connectSecurelyTo(port.server.port) : connectTo(port.server.port);
  t.after(() => client.destroy());
  return { port, client };
}

/** Through the greeting and the hello. */
async function greeted(t: TestContext, kind: PortKind, options: Partial<SmtpOptions> = {}, handlers = {}) {
  const { port, client } = await open(t, kind, options, handlers);
  assert.match(await client.read(), /^220 mail\.example\.fr (ESMTP|LMTP) /);
  const hello = await client.send(kind === 'lmtp' ? 'LHLO client.example' : 'EHLO client.example');
  assert.match(hello, /^250 mail\.example\.fr/);
  return { port, client, hello };
}

/** Sends each line and holds its reply against the beginning that stands with it. */
async function talk(client: TestClient, ...lines: readonly (readonly [string, string])[]) {
  for (const [line, reply] of lines) {
    const found = await client.send(line);
    assert.ok(found.startsWith(reply), `${line} → ${found}, not ${reply}`);
  }
}

const plainAlice = Buffer.from('\0alice\0secret').toString('base64');

test('a message is taken and handed on octet for octet', async (t) => {
  const { port, client } = await greeted(t, 'mx');
  await talk(
    client,
    ['MAIL FROM:<x@y.fr> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=e1', '250 2.1.0'],
    ['RCPT TO:<alice@example.fr> NOTIFY=FAILURE', '250 2.1.5'],
    ['RCPT TO:<nobody@example.fr>', '550 5.1.1'],
    ['RCPT TO:<full@example.fr>', '452 4.2.2'],
    ['RCPT TO:<Postmaster>', '250 2.1.5'],
    ['DATA', '354'],
    ['Subject: é\r\n\r\n..dot\r\n.', '250 2.0.0 Message taken as m1'],
    ['MAIL FROM:<>', '250 2.1.0'],
    ['RCPT TO:<bob@example.fr>', '250'],
    ['DATA', '354'],
    ['.', '250'],
    ['QUIT', '221 2.0.0'],
  );
  assert.equal(await client.read(), 'closed');
  const [first, second] = port.taken;
  assert.deepEqual(first?.to, ['alice@example.fr', 'postmaster']);
  assert.equal(first?.from, 'x@y.fr');
  assert.equal(Buffer.from(first?.text ?? '', 'latin1').toString('utf8'), 'Subject: é\r\n\r\n.dot\r\n');
  assert.equal(first?.parameters.ret, 'HDRS');
  assert.deepEqual(first?.rcptParameters[0]?.notify, ['failure']);
  assert.equal(first?.session.hello?.name, 'client.example');
  assert.equal(first?.session.remoteAddress, '127.0.0.1');
  assert.deepEqual({ from: second?.from, text: second?.text }, { from: '', text: '' });
});

test('each port offers what it can do', async (t) => {
  const mx = (await greeted(t, 'mx')).hello;
  for (const word of [
    'PIPELINING',
    'SIZE 52428800',
    '8BITMIME',
    'SMTPUTF8',
    'DSN',
    'CHUNKING',
    'ENHANCEDSTATUSCODES',
    'STARTTLS',
  ]) {
    assert.ok(mx.includes(word), `${word} in ${mx}`);
  }
  assert.doesNotMatch(mx, /AUTH|FUTURERELEASE/);
  const submission = (await greeted(t, 'submission')).hello;
  assert.match(submission, /AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER .*FUTURERELEASE 86400 \d{4}-/);
  const noTls = (await greeted(t, 'lmtp', { secureContext: undefined })).hello;
  assert.doesNotMatch(noTls, /STARTTLS|AUTH/);
});

test('commands out of their order are refused and change nothing', async (t) => {
  const { client } = await open(t, 'mx');
  await client.read();
  await talk(
    client,
    ['MAIL FROM:<a@b.fr>', '503 5.5.1'],
    ['LHLO x', '500 5.5.1'],
    ['HELO x', '250 mail.example.fr'],
    ['RCPT TO:<alice@example.fr>', '503 5.5.1'],
    ['DATA', '503 5.5.1'],
    ['AUTH PLAIN', '502 5.5.1'],
    ['MAIL FROM:<a@b.fr>', '250'],
    ['MAIL FROM:<a@b.fr>', '503 5.5.1'],
    ['DATA', '554 5.5.1'],
    ['RCPT TO:<alice@example.fr>', '250'],
    ['EHLO y', '250'],
    ['DATA', '503 5.5.1'],
    ['MAIL FROM:<a@b.fr>', '250'],
    ['RSET', '250 2.0.0'],
    ['RCPT TO:<alice@example.fr>', '503'],
    ['VRFY alice', '252 2.5.0'],
    ['EXPN list', '502 5.5.1'],
    ['HELP', '214 2.0.0'],
    ['NOOP x', '250 2.0.0'],
    ['WHAT', '500 5.5.2'],
    ['MAIL FROM:<a@b.fr> FOO', '555 5.5.4'],
    ['MAIL FROM:a@b.fr', '501 5.1.7'],
    ['MAIL FROM:<é@b.fr>', '553 5.6.7'],
    ['MAIL FROM:<a@b.fr> SIZE=999999999999', '552 5.3.4'],
    ['MAIL FROM:<a@b.fr> HOLDFOR=10', '555 5.5.4'],
    ['MAIL FROM:<é@b.fr> SMTPUTF8', '250'],
    ['RCPT TO:<é@example.fr>', '250'],
    ['RSET', '250'],
    ['MAIL FROM:<a@b.fr>', '250'],
    ['RCPT TO:<é@example.fr>', '553 5.6.7'],
    ['RCPT TO:<broken@example.fr>', '451 4.3.0'],
  );
});

test('LMTP answers for each recipient, whatever becomes of the message', async (t) => {
  const { port, client } = await greeted(t, 'lmtp', { limits: { maxMessageOctets: 100 } });
  await talk(client, ['EHLO x', '500'], ['MAIL FROM:<a@b.fr>', '250'], ['DATA', '503 5.5.1'], ['RSET', '250']);
  const envelope = [
    ['MAIL FROM:<a@b.fr>', '250'],
    ['RCPT TO:<alice@example.fr>', '250'],
    ['RCPT TO:<nobody@example.fr>', '550'],
    ['RCPT TO:<later@example.fr>', '250'],
    ['RCPT TO:<bob@example.fr>', '250'],
  ] as const;
  await talk(client, ...envelope, ['DATA', '354'], ['text\r\n.', '250 2.0.0']);
  assert.match(await client.read(), /^452 4\.2\.2/);
  assert.match(await client.read(), /^250 2\.0\.0/);
  await talk(client, ...envelope, ['DATA', '354'], [`${'x'.repeat(200)}\r\n.`, '552 5.3.4']);
  assert.match(await client.read(), /^552 5\.3\.4/);
  assert.match(await client.read(), /^552 5\.3\.4/);
  await talk(client, ...envelope);
  client.write('BDAT 6 LAST\r\ntext\r\n');
  assert.match(await client.read(), /^250/);
  assert.match(await client.read(), /^452/);
  assert.match(await client.read(), /^250/);
  await talk(client, ['QUIT', '221']);
  assert.equal(port.taken.length, 2);
});

test('a pipelined group is answered in order', async (t) => {
  const { port, client } = await greeted(t, 'lmtp');
  client.write('MAIL FROM:<a@b.fr>\r\nRCPT TO:<alice@example.fr>\r\nRCPT TO:<no@example.fr>\r\nDATA\r\n');
  assert.match(await client.read(), /^250 2\.1\.0/);
  assert.match(await client.read(), /^250 2\.1\.5/);
  assert.match(await client.read(), /^550/);
  assert.match(await client.read(), /^354/);
  client.write('one\r\n.\r\nMAIL FROM:<a@b.fr>\r\nRCPT TO:<bob@example.fr>\r\nBDAT 5 LAST\r\ntwo\r\nRSET\r\nQUIT\r\n');
  assert.match(await client.read(), /^250 2\.0\.0 Message taken as m1/);
  assert.match(await client.read(), /^250 2\.1\.0/);
  assert.match(await client.read(), /^250 2\.1\.5/);
  assert.match(await client.read(), /^250 2\.0\.0 Message taken as m2/);
  assert.match(await client.read(), /^250/);
  assert.match(await client.read(), /^221/);
  assert.deepEqual(
    port.taken.map(({ text }) => text),
    ['one\r\n', 'two\r\n'],
  );
});

test('a client that closes its side after pipelining still hears everything', async (t) => {
  const { port, client } = await open(t, 'mx');
  await client.read();
  client.write('HELO x\r\nMAIL FROM:<a@b.fr>\r\nRCPT TO:<alice@example.fr>\r\nBDAT 3 LAST\r\nabcQUIT\r\n');
  client.halfClose();
  const replies = [];
  for (let reply = await client.read(); reply !== 'closed'; reply = await client.read())
    replies.push(reply.slice(0, 3));
  assert.deepEqual(replies, ['250', '250', '250', '250', '221']);
  assert.equal(port.taken[0]?.text, 'abc');
});

// Each of these has ended a message on some server and not on the one before it (SMTP smuggling, 2023).
const smuggled = [
  '\n.\n',
  '\n.\r\n',
  '\r.\r\n',
  '\r\n.\n',
  '\r\n.\r',
  '\r.\r',
  '\r\n.\r\r\n',
  '\n\r.\r\n',
  '\r\n\0.\r\n',
  '\r\r\n.\r\r\n',
];

test('nothing but CRLF.CRLF ends a message, and lone line ends are refused after it', async (t) => {
  const { port, client } = await greeted(t, 'mx');
  let accepted = 0;
  for (const sequence of smuggled) {
    await talk(client, ['MAIL FROM:<a@b.fr>', '250'], ['RCPT TO:<alice@example.fr>', '250'], ['DATA', '354']);
    const inner = 'MAIL FROM:<evil@b.fr>\r\nRCPT TO:<bob@example.fr>\r\nDATA\r\nforged\r\n.';
    client.write(`text${sequence}${inner}\r\n`);
    const reply = await client.read();
    // a NUL is an octet like another: no line ends there, so it is text
    if (sequence.includes('\0')) {
      assert.match(reply, /^250/, JSON.stringify(sequence));
      accepted += 1;
    } else assert.match(reply, /^550 5\.6\.11/, JSON.stringify(sequence));
    await talk(client, ['NOOP', '250 2.0.0 OK']);
  }
  assert.equal(port.taken.length, accepted);
  assert.ok(port.taken.every(({ from }) => from === 'a@b.fr'));
});

test('LMTP keeps lone line ends as they came, and they end nothing there either', async (t) => {
  const { port, client } = await greeted(t, 'lmtp');
  await talk(client, ['MAIL FROM:<a@b.fr>', '250'], ['RCPT TO:<alice@example.fr>', '250'], ['DATA', '354']);
  await talk(client, ['a\n.\nb\rc\n.\r\nMAIL FROM:<evil@b.fr>\r\n.', '250'], ['NOOP', '250']);
  assert.equal(port.taken[0]?.text, 'a\n.\nb\rc\n.\r\nMAIL FROM:<evil@b.fr>\r\n');
});

test('chunks are counted, whatever they hold', async (t) => {
  const { port, client } = await greeted(t, 'mx', { limits: { maxMessageOctets: 1000 } });
  const envelope = [
    ['MAIL FROM:<a@b.fr>', '250'],
    ['RCPT TO:<alice@example.fr>', '250'],
  ] as const;
  await talk(client, ...envelope);
  client.write('BDAT 9\r\nQUIT\r\n.\r\n');
  assert.match(await client.read(), /^250 2\.0\.0 9 octets/);
  await talk(
    client,
    ['DATA', '503'],
    ['RCPT TO:<bob@example.fr>', '503'],
    ['BDAT 0', '250 2.0.0 0 octets'],
    ['BDAT 0 LAST', '250'],
  );
  assert.equal(port.taken[0]?.text, 'QUIT\r\n.\r\n', 'nothing is unstuffed');

  client.write('BDAT 6 LAST\r\nRSET\r\n');
  assert.match(await client.read(), /^503 5\.5\.1/, 'without MAIL the octets are read and dropped');
  await talk(client, ...envelope);
  client.write(`BDAT 2000\r\n${'x'.repeat(2000)}`);
  assert.match(await client.read(), /^552 5\.3\.4/);
  await talk(client, ['BDAT 0 LAST', '552 5.3.4'], ...envelope);
  client.write('BDAT 2\r\na\nBDAT 0 LAST\r\n');
  assert.match(await client.read(), /^250/);
  assert.match(await client.read(), /^550 5\.6\.11/);
  await talk(client, ...envelope);
  client.write('BDAT 2\r\nabRSET\r\n');
  assert.match(await client.read(), /^250/);
  assert.match(await client.read(), /^250 2\.0\.0 OK/);
  await talk(client, ['BDAT 99x LAST', '421 4.5.4']);
  assert.equal(await client.read(), 'closed', 'octets that cannot be counted would be commands');
  assert.equal(port.taken.length, 1);
});

test('a message beyond the limit is drained and refused, and one without end is hung up on', async (t) => {
  const { port, client } = await greeted(t, 'mx', { limits: { maxMessageOctets: 10_000 } });
  const envelope = [
    ['MAIL FROM:<a@b.fr>', '250'],
    ['RCPT TO:<alice@example.fr>', '250'],
    ['DATA', '354'],
  ] as const;
  await talk(client, ...envelope, [`${`${'x'.repeat(98)}\r\n`.repeat(101)}.`, '552 5.3.4']);
  await talk(client, ...envelope, [`${`${'x'.repeat(98)}\r\n`.repeat(100)}.`, '250'], ...envelope);
  client.write('x'.repeat(50_000));
  assert.match(await client.read(), /^421 4\.3\.0/);
  assert.equal(await client.read(), 'closed');
  assert.equal(port.taken.length, 1);
});

test('large messages wait in a file, which is gone afterwards', async (t) => {
  const limits = { maxMemoryOctets: 10_000, maxMessageOctets: 5_000_000 };
  const { port, client } = await greeted(t, 'mx', { limits });
  const text = `${'é'.repeat(40)}\r\n..\r\n`.repeat(20_000);
  await talk(client, ['MAIL FROM:<a@b.fr>', '250'], ['RCPT TO:<alice@example.fr>', '250'], ['DATA', '354']);
  await talk(client, [`${text}.`, '250']);
  assert.equal(port.taken[0]?.held, 'file');
  assert.equal(Buffer.from(port.taken[0]?.text ?? '', 'latin1').toString('utf8'), text.replaceAll('\r\n..', '\r\n.'));
  await talk(client, ['MAIL FROM:<a@b.fr>', '250'], ['RCPT TO:<alice@example.fr>', '250'], ['DATA', '354']);
  client.write('x'.repeat(100_000));
  client.destroy();
  await until(() => port.server.connectionCount() === 0);
  assert.deepEqual(readdirSync(port.spoolFolder), []);
  assert.equal(port.taken.length, 1, 'what was cut short was not delivered');
});

test('a spool folder that does not work refuses for now, after the octets', async (t) => {
  const options = { spoolFolder: '/nonexistent/spool', limits: { maxMemoryOctets: 1000 } };
  const { port, client } = await greeted(t, 'mx', options);
  await talk(client, ['MAIL FROM:<a@b.fr>', '250'], ['RCPT TO:<alice@example.fr>', '250'], ['DATA', '354']);
  await talk(client, [`${'x'.repeat(5000)}\r\n.`, '452 4.3.1'], ['NOOP', '250']);
  assert.ok(port.events.some(({ kind }) => kind === 'fault'));
});

test('a handler that breaks is a fault for now, and says nothing of itself', async (t) => {
  const handlers = { message: () => Promise.reject(new Error('secret detail')) };
  const { port, client } = await greeted(t, 'mx', {}, handlers);
  await talk(client, ['MAIL FROM:<a@b.fr>', '250'], ['RCPT TO:<alice@example.fr>', '250'], ['DATA', '354']);
  assert.equal(await client.send('x\r\n.'), '451 4.3.0 Something went wrong here, try again later');
  assert.equal(port.events.filter(({ kind }) => kind === 'fault').length, 1);
});

test('hostile lines are refused within bounds and the next one is heard', async (t) => {
  const { client } = await greeted(t, 'mx');
  client.write(`NOOP ${'x'.repeat(5_000_000)}\r\n`);
  assert.match(await client.read(), /^500 5\.5\.2 The line is too long/);
  client.write(Buffer.from([0x4e, 0x4f, 0x4f, 0x50, 0x20, 0xff, 13, 10]));
  assert.match(await client.read(), /^500 5\.5\.2/);
  client.write('NOOP\n');
  assert.match(await client.read(), /^500 5\.5\.2 A line ends with CR LF/);
  await talk(
    client,
    ['NOOP \0', '500 5.5.2'],
    ['\0', '500'],
    ['', '500'],
    ['MAIL\rFROM:<a@b.fr>', '500'],
    ['NOOP', '250'],
  );
});

test('TLS starts on request, and what was sent in clear behind STARTTLS is dropped', async (t) => {
  const { port, client } = await greeted(t, 'submission');
  client.write('STARTTLS\r\nRSET\r\nMAIL FROM:<evil@b.fr>\r\n');
  assert.match(await client.read(), /^220 2\.0\.0/);
  await client.startTls();
  await talk(client, ['MAIL FROM:<a@b.fr>', '503'], ['EHLO again', '250'], ['STARTTLS', '503 5.5.1']);
  await talk(client, [`AUTH PLAIN ${plainAlice}`, '235 2.7.0'], ['MAIL FROM:<alice@example.fr> HOLDFOR=60', '250']);
  await talk(client, ['RCPT TO:<bob@example.fr>', '250'], ['DATA', '354'], ['x\r\n.', '250'], ['QUIT', '221']);
  assert.deepEqual(
    port.events.map((event) => (event.kind === 'injection' ? event.sizeOctets : event.kind)),
    ['RSET\r\nMAIL FROM:<evil@b.fr>\r\n'.length],
  );
  const [taken] = port.taken;
  assert.equal(taken?.session.tls?.version, 'TLSv1.3');
  assert.match(taken?.session.tls?.cipher ?? '', /^TLS_/);
  assert.deepEqual(taken?.parameters.hold, { kind: 'for', seconds: 60 });
});

test('the TLS port speaks TLS from the first octet and survives those who do not', async (t) => {
  const { port, client } = await open(t, 'submission', { isTlsImplicit: true });
  assert.match(await client.read(), /^220/);
  assert.doesNotMatch(await client.send('EHLO x'), /STARTTLS/);
  await talk(client, [`AUTH PLAIN ${plainAlice}`, '235']);
  const plain = connectTo(port.server.port);
  plain.write('EHLO x\r\n');
  await until(() => plain.isClosed);
  assert.deepEqual(
    port.events.map(({ kind }) => kind),
    ['tlsFailed'],
  );
  await talk(client, ['NOOP', '250']);
});

test('a certificate that cannot be had fails the handshake, not the server', async (t) => {
  let asked = 0;
  const secureContext = (serverName: string | undefined) => {
    asked += 1;
    if (serverName !== undefined) throw new Error('no such certificate');
    return testCertificate();
  };
  const { port, client } = await greeted(t, 'mx', { secureContext });
  await talk(client, ['STARTTLS', '220']);
  await assert.rejects(client.startTls());
  await until(() => port.server.connectionCount() === 0);
  assert.equal(asked, 2);
  assert.deepEqual(
    port.events.map(({ kind }) => kind),
    ['tlsFailed'],
  );
});

test('people log in by each mechanism, with or without initial response', async (t) => {
  const { port } = await open(t, 'submission', { limits: { maxAuthFailures: 100 } });
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const bearer = 'n,a=alice@example.fr,\x01host=x\x01port=587\x01auth=Bearer t0ken\x01\x01';
  const rows: readonly (readonly (readonly [string, string])[])[] = [
    [[`AUTH PLAIN ${plainAlice}`, '235']],
    [
      ['AUTH PLAIN', '334 '],
      [plainAlice, '235'],
    ],
    [
      ['AUTH LOGIN', `334 ${encode('Username:')}`],
      [encode('alice'), `334 ${encode('Password:')}`],
      [encode('secret'), '235'],
    ],
    [
      [`AUTH LOGIN ${encode('alice')}`, `334 ${encode('Password:')}`],
      [encode('secret'), '235'],
    ],
    [[`AUTH XOAUTH2 ${encode('user=alice\x01auth=Bearer t0ken\x01\x01')}`, '235']],
    [
      ['AUTH OAUTHBEARER', '334'],
      [encode(bearer), '235'],
    ],
    [[`AUTH PLAIN ${encode('\0alice\0wrong')}`, '535 5.7.8']],
    [
      [`AUTH XOAUTH2 ${encode('user=alice\x01auth=Bearer old\x01\x01')}`, '334'],
      ['', '535 5.7.8'],
    ],
    [
      ['AUTH LOGIN', '334'],
      ['*', '501 5.7.0'],
    ],
    [
      ['AUTH LOGIN', '334'],
      ['not base64!', '501 5.5.2'],
    ],
    [['AUTH PLAIN abc', '501 5.5.2']],
    [[`AUTH PLAIN ${encode('alice')}`, '501 5.5.2']],
    [['AUTH PLAIN =', '501']],
    [['AUTH CRAM-MD5', '504 5.5.4']],
    [['MAIL FROM:<alice@example.fr>', '530 5.7.0']],
  ];
  for (const row of rows) {
    const client = connectTo(port.server.port);
    await client.read();
    await talk(client, ['AUTH PLAIN', '503'], ['EHLO x', '250'], ...row, ['NOOP', '250']);
    if (row.at(-1)?.[1] === '235')
      await talk(client, [`AUTH PLAIN ${plainAlice}`, '503'], ['MAIL FROM:<a@b.fr>', '250']);
    client.destroy();
  }
});

test('a long time ahead is too long, and a hold beyond the offer is refused', async (t) => {
  const { client } = await greeted(t, 'submission');
  await talk(client, [`AUTH PLAIN ${plainAlice}`, '235'], ['MAIL FROM:<a@b.fr> HOLDFOR=86401', '501 5.5.4']);
  await talk(client, ['MAIL FROM:<a@b.fr> HOLDUNTIL=2999-01-01T00:00:00Z', '501 5.5.4']);
});

test('too many failures to log in end the connection', async (t) => {
  const { port, client } = await greeted(t, 'submission', { limits: { maxAuthFailures: 2 } });
  const wrong = `AUTH PLAIN ${Buffer.from('\0alice\0wrong').toString('base64')}`;
  await talk(client, [wrong, '535'], [wrong, '535']);
  assert.match(await client.read(), /^421 4\.7\.0/);
  assert.equal(await client.read(), 'closed');
  assert.deepEqual(turnedAway(port), ['tooManyAuthFailures']);
});

test('each limit of a connection ends it politely', async (t) => {
  const rows = [
    { limits: { maxErrors: 2 }, line: 'WHAT', because: 'tooManyErrors' },
    { limits: { maxCommandsPerMessage: 2 }, line: 'NOOP', because: 'tooManyCommands' },
  ] as const;
  for (const { limits, line, because } of rows) {
    const { port, client } = await greeted(t, 'mx', { limits });
    for (let count = 0; !client.isClosed && count < 4; count += 1) client.write(`${line}\r\n`);
    let last = '';
    for (let reply = await client.read(); reply !== 'closed'; reply = await client.read()) last = reply;
    assert.match(last, /^421 4\.7\.0/);
    assert.deepEqual(turnedAway(port), [because]);
  }
  const { client } = await greeted(t, 'mx', { limits: { maxRecipients: 1, maxMessagesPerConnection: 1 } });
  await talk(
    client,
    ['MAIL FROM:<a@b.fr>', '250'],
    ['RCPT TO:<bob@example.fr>', '250'],
    ['RCPT TO:<bob@example.fr>', '452 4.5.3'],
  );
  await talk(client, ['DATA', '354'], ['.', '250'], ['MAIL FROM:<a@b.fr>', '250'], ['RCPT TO:<bob@example.fr>', '250']);
  await talk(client, ['DATA', '354'], ['.', '250']);
  assert.match(await client.read(), /^421 4\.7\.0 Enough/);
});

test('whoever names too many recipients hears so before there are too many commands', () => {
  for (const kind of ['mx', 'lmtp', 'submission'] as const) {
    const { maxRecipients, maxCommandsPerMessage } = limitsOf(kind, { maxRecipients: 2000 });
    assert.ok(maxCommandsPerMessage > maxRecipients + 100, kind);
  }
});

test('one address may not take all connections', async (t) => {
  const { port, client } = await greeted(t, 'mx', { limits: { maxConnectionsPerAddress: 1 } });
  assert.match(await connectTo(port.server.port).read(), /^421 4\.7\.0/);
  await talk(client, ['QUIT', '221']);
  await until(() => port.server.connectionCount() === 0);
  assert.match(await connectTo(port.server.port).read(), /^220/);
});

test('who talks before the greeting is not a mail server', async (t) => {
  const { port, client } = await open(t, 'mx', { limits: { greetingDelayMs: 100 } });
  client.write('EHLO spammer\r\n');
  assert.match(await client.read(), /^554 5\.5\.1/);
  assert.equal(await client.read(), 'closed');
  assert.deepEqual(turnedAway(port), ['earlyTalker']);
});

test('a client that drips is timed out, between commands and within a message', async (t) => {
  const { port, client } = await greeted(t, 'mx', { limits: { commandTimeoutMs: 500 } });
  const dripping = setInterval(() => client.write('N'), 30);
  assert.match(await client.read(), /^421 4\.4\.2/);
  clearInterval(dripping);
  const limits = { dataTimeoutMs: 700, dataTotalMs: 1_000 };
  const { client: second, port: secondPort } = await greeted(t, 'mx', { limits });
  await talk(second, ['MAIL FROM:<a@b.fr>', '250'], ['RCPT TO:<bob@example.fr>', '250'], ['DATA', '354']);
  const startedMs = Date.now();
  const drippingData = setInterval(() => second.write('x'), 30);
  assert.match(await second.read(), /^421 4\.4\.2/);
  clearInterval(drippingData);
  assert.ok(Date.now() - startedMs >= 900, 'each octet gave it time, until the time for the whole was over');
  assert.deepEqual([...turnedAway(port), ...turnedAway(secondPort)], ['tooSlow', 'tooSlow']);
  assert.equal(secondPort.taken.length, 0);
});

test('a client that never reads its replies does not fill the memory', async (t) => {
  const limits = { commandTimeoutMs: 300, maxCommandsPerMessage: 10_000_000 };
  const { port, client } = await greeted(t, 'mx', { limits });
  client.stopReading();
  client.write('EHLO x\r\n'.repeat(100_000)); // each reply is thirty times as long
  await until(() => port.server.connectionCount() === 0);
  assert.deepEqual(turnedAway(port), ['tooSlow']);
});

test('closing tells the idle 421 and lets a message under way end', async () => {
  const port = await startPort('mx');
  const idle = connectTo(port.server.port);
  const busy = connectTo(port.server.port);
  await idle.read();
  await busy.read();
  await talk(
    busy,
    ['HELO x', '250'],
    ['MAIL FROM:<a@b.fr>', '250'],
    ['RCPT TO:<bob@example.fr>', '250'],
    ['DATA', '354'],
  );
  busy.write('half');
  const closing = port.server.close(3000);
  assert.match(await idle.read(), /^421 4\.3\.2/);
  assert.match(await busy.send(' and half\r\n.'), /^250/);
  assert.match(await busy.read(), /^421 4\.3\.2/);
  await closing;
  assert.equal(port.taken[0]?.text, 'half and half\r\n');
  await port.close();
});

test('closing drops those who hold it up', async () => {
  const port = await startPort('mx');
  const busy = connectTo(port.server.port);
  await busy.read();
  await talk(
    busy,
    ['HELO x', '250'],
    ['MAIL FROM:<a@b.fr>', '250'],
    ['RCPT TO:<bob@example.fr>', '250'],
    ['DATA', '354'],
  );
  await port.close();
  assert.equal(await busy.read(), 'closed');
  assert.equal(port.taken.length, 0);
});

function turnedAway({ events }: { readonly events: readonly { readonly kind: string; readonly because?: string }[] }) {
  return events.filter(({ kind }) => kind === 'turnedAway').map(({ because }) => because);
}

async function until(isTrue: () => boolean): Promise<void> {
  const limitMs = Date.now() + 60_000;
  while (!isTrue()) {
    assert.ok(Date.now() < limitMs, 'waited a minute');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
