/** For the tests of this folder: a port with a small directory behind it, a client, a certificate. Loopback only. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SecureContext, connect as connectTls, createSecureContext } from 'node:tls';
import { testCertificate as makeTestCertificate } from '#tools/testing/certificate.ts';
import { type Reply, createReplyReader } from '#formats/smtp/reply.ts';
import { printMailbox } from '#formats/smtp/path.ts';
import { Refusal } from '#server/access/refusal.ts';
import { operator } from '#server/access/actor.ts';
import type { MailParameters, RcptParameters } from '#formats/smtp/parameters.ts';
import type { PortKind, SmtpEvent, SmtpHandlers, SmtpSession } from './handlers.ts';
import type { SmtpLimits, SmtpOptions } from './options.ts';
import { type SmtpServer, startSmtp } from './server.ts';

/** What the port was told to deliver. */
export interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly held: 'memory' | 'file';
  readonly parameters: MailParameters;
  readonly rcptParameters: readonly RcptParameters[];
  readonly session: SmtpSession;
}

export interface TestPort {
  readonly server: SmtpServer;
  readonly taken: Taken[];
  readonly events: SmtpEvent[];
  readonly spoolFolder: string;
  readonly close: () => Promise<void>;
}

/**
 * alice@example.fr, bob@example.fr and postmaster are here; full@example.fr is over quota, later@example.fr is full only once
 * the message has come, broken@example.fr is a fault. alice's password is `secret`, her token `t0ken`.
 */
export async function startPort(
  kind: PortKind,
  options: Partial<SmtpOptions> = {},
  handlers: Partial<SmtpHandlers<string, string>> = {},
): Promise<TestPort> {
  const spoolFolder = mkdtempSync(join(tmpdir(), 'pli-smtp-'));
  const taken: Taken[] = [];
  const events: SmtpEvent[] = [];
  const limits: Partial<SmtpLimits> = { greetingDelayMs: 0, ...options.limits };
  const server = await startSmtp<string, string>(
    {
      kind,
      host: '127.0.0.1',
      port: 0,
      hostName: 'mail.example.fr',
      secureContext: testCertificate,
      isTlsImplicit: false,
      mayAuthenticateInClear: false,
      mechanisms: ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
      maxHoldSeconds: 86_400,
      spoolFolder,
      onEvent: (event) => events.push(event),
      ...options,
      limits,
    },
    {
      authenticate(_, credentials) {
        const isAlice =
          credentials.kind === 'password'
            ? credentials.userName === 'alice' && credentials.password === 'secret'
            : credentials.token === 't0ken';
        if (!isAlice) throw new Refusal('badCredentials');
        return operator;
      },
      mailFrom: (_, path) => printMailbox(path),
      rcptTo(_, path) {
        const address = printMailbox(path).toLowerCase();
        if (address === 'full@example.fr') throw new Refusal('overQuota');
        if (address === 'broken@example.fr') throw new Error('the directory is broken');
        if (!/^(?:postmaster$|(?:alice|bob|later|é)@example\.fr$)/.test(address)) throw new Refusal('noSuchRecipient');
        return address;
      },
      async message(session, envelope, content) {
        const to = envelope.recipients.map(({ recipient }) => recipient);
        const text = (await content.octets()).toString('latin1');
        const rcptParameters = envelope.recipients.map(({ parameters }) => parameters);
        taken.push({
          from: envelope.sender,
          to,
          text,
          held: content.held,
          parameters: envelope.parameters,
          rcptParameters,
          session: { ...session },
        });
        const outcomes = to.map((address) =>
          address === 'later@example.fr'
            ? ({ kind: 'refused', refusal: new Refusal('overQuota') } as const)
            : ({ kind: 'accepted', reference: `m${taken.length}` } as const),
        );
        const [first] = outcomes;
        return session.kind === 'lmtp' || !first ? { kind: 'each', outcomes } : first;
      },
      ...handlers,
    },
  );
  let isClosed = false;
  return {
    server: {
      ...server,
      async close(graceMs) {
        isClosed = true;
        await server.close(graceMs);
      },
    },
    taken,
    events,
    spoolFolder,
    async close() {
      if (!isClosed) await server.close(200);
      isClosed = true;
      rmSync(spoolFolder, { recursive: true, force: true });
    },
  };
}

/** A client that says what it is told, well formed or not. */
export class TestClient {
  #socket: Socket;
  #reader = createReplyReader();
  #replies: Reply[] = [];
  #waiting: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(octets: string | Uint8Array): void {
    this.#socket.write(typeof octets === 'string' ? Buffer.from(octets, 'utf8') : octets);
  }

  halfClose(): void {
    this.#socket.end();
  }

  /** The next reply, as `250 2.1.0 Sender OK`; several lines joined by ` / `; `closed` when there is none to come. */
  async read(): Promise<string> {
    while (this.#replies.length === 0 && !this.#isClosed)
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    const reply = this.#replies.shift();
    if (!reply) return 'closed';
    return `${reply.code} ${reply.enhanced === undefined ? '' : `${reply.enhanced} `}${reply.lines.join(' / ')}`;
  }

  async send(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.read();
  }

  /** Turns TLS on and forgets what came before. */
  async startTls(): Promise<void> {
    const raw = this.#socket;
    raw.removeAllListeners('data');
    const secure = connectTls({ socket: raw, rejectUnauthorized: false, servername: 'mail.example.fr' });
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve);
      secure.once('error', reject);
    });
    this.#socket = secure;
    this.#listen(secure);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk) => {
      this.#replies.push(...this.#reader.push(Buffer.from(chunk)));
      this.#waiting?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#waiting?.();
    });
  }
}

export function connectTo(port: number): TestClient {
  return new TestClient(connect({ port, host: '127.0.0.1', noDelay: true }));
}

export function connectSecurelyTo(port: number): TestClient {
  return new TestClient(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }));
}

let certificate: SecureContext | undefined;

/** A self-signed certificate, made once. */
export function testCertificate(): SecureContext {
  certificate ??= createSecureContext({ ...makeTestCertificate('mail.example.fr'), minVersion: 'TLSv1.2' });
  return certificate;
}
