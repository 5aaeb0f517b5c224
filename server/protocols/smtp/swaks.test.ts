/** Somebody else's client sends through each kind of port. When swaks is missing, needSwaks installs it or says how. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { needSwaks } from '#tools/needs/swaks.ts';
import type { PortKind } from './handlers.ts';
import type { SmtpOptions } from './options.ts';
import { startPort } from './port.testing.ts';

function run(program: string, parameters: readonly string[]): Promise<{ readonly exit: number; readonly out: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, parameters, { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ exit: error ? (child.exitCode ?? -1) : 0, out: stdout + stderr });
    });
  });
}

const login = ['--auth-user', 'alice', '--auth-password', 'secret'];
const rows: readonly {
  readonly kind: PortKind;
  readonly options: Partial<SmtpOptions>;
  readonly parameters: readonly string[];
  readonly tls: RegExp;
}[] = [
  { kind: 'mx', options: { limits: { greetingDelayMs: 50 } }, parameters: [], tls: /^$/ },
  { kind: 'mx', options: {}, parameters: ['--tls', '--pipeline'], tls: /^TLSv1\.[23]$/ },
  { kind: 'lmtp', options: {}, parameters: ['--protocol', 'LMTP'], tls: /^$/ },
  { kind: 'submission', options: {}, parameters: ['--tls', '--auth', 'PLAIN', ...login], tls: /^TLSv1\.[23]$/ },
  { kind: 'submission', options: {}, parameters: ['--auth', 'LOGIN', ...login], tls: /^$/ },
  {
    kind: 'submission',
    options: { isTlsImplicit: true },
    parameters: ['--tls-on-connect', '--auth', 'PLAIN', ...login],
    tls: /^TLSv1\.[23]$/,
  },
];

test('swaks sends through every kind of port', async (t) => {
  const swaks = needSwaks();
  for (const { kind, options, parameters, tls } of rows) {
    const port = await startPort(kind, options);
    t.after(port.close);
    const { exit, out } = await run(swaks, [
      `--server=127.0.0.1:${port.server.port}`,
      '--helo=swaks.example',
      '--from=alice@example.fr',
      '--to=bob@example.fr,alice@example.fr',
      '--header=Subject: essai',
      '--body=Bonjour\n.\n..fin',
      ...parameters,
    ]);
    assert.equal(exit, 0, out);
    const [taken] = port.taken;
    assert.deepEqual(taken?.to, ['bob@example.fr', 'alice@example.fr'], out);
    assert.match(taken?.text ?? '', /Subject: essai\r\n(?:.*\r\n)*\r\nBonjour\r\n\.\r\n\.\.fin\r\n/);
    assert.match(taken?.session.tls?.version ?? '', tls);
  }
});

test('swaks hears a refusal as one', async (t) => {
  const port = await startPort('submission');
  t.after(port.close);
  const { exit, out } = await run(needSwaks(), [
    `--server=127.0.0.1:${port.server.port}`,
    '--from=alice@example.fr',
    '--to=bob@example.fr',
    '--tls',
    '--auth=PLAIN',
    '--auth-user=alice',
    '--auth-password=wrong',
  ]);
  assert.equal(exit, 28, out); // "error with authentication"
  assert.match(out, /535 5\.7\.8/);
  assert.equal(port.taken.length, 0);
});
