/** Mail servers of other people, for tests: each on an address of its own of the loopback network, keeping what it takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';

import { testCertificate } from '#tools/testing/certificate.ts';
import type { MailParameters, RcptParameters } from '#formats/smtp/parameters.ts';
import { printMailbox } from '#formats/smtp/path.ts';
import { operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { SmtpOptions } from '#server/protocols/smtp/options.ts';
import { startSmtp } from '#server/protocols/smtp/server.ts';

export interface SunkMail {
  readonly mailFrom: string;
  readonly mail: MailParameters;
  readonly recipients: readonly { readonly address: string; readonly parameters: RcptParameters }[];
  readonly octets: Buffer;
  /** `TLSv1.3`; undefined in clear text. */
  readonly tls: string | undefined;
  /** Who logged in, on a sink that asks for it. */
  readonly userName: string | undefined;
}

export interface Sink {
  readonly port: number;
  readonly taken: readonly SunkMail[];
  /** Answers a Refusal to refuse a recipient; may be set at any time. */
  rcpt: (address: string) => Refusal | undefined;
  /** The same for the message, after its last octet. */
  message: () => Refusal | undefined;
  close(): Promise<void>;
}

export async function startSink(host: string, options: Partial<SmtpOptions> = {}): Promise<Sink> {
  const spoolFolder = mkdtempSync(join(tmpdir(), 'pli-sink-'));
  const taken: SunkMail[] = [];
  let userName: string | undefined;
  const sink: Omit<Sink, 'port' | 'close'> = { taken, rcpt: () => undefined, message: () => undefined };
  const server = await startSmtp<string, string>(
    {
      kind: 'mx',
      host,
      port: 0,
      hostName: 'mx.elsewhere.example',
      secureContext: undefined,
      isTlsImplicit: false,
      mayAuthenticateInClear: false,
      mechanisms: ['PLAIN'],
      maxHoldSeconds: 0,
      spoolFolder,
      onEvent: () => undefined,
      ...options,
      limits: { greetingDelayMs: 0, ...options.limits },
    },
    {
      authenticate(_session, credentials) {
        if (credentials.kind !== 'password' || credentials.password !== 'secret') throw new Refusal('badCredentials');
        userName = credentials.userName;
        return operator;
      },
      mailFrom: (_session, path) => printMailbox(path),
      rcptTo(_session, path) {
        const address = printMailbox(path);
        const refusal = sink.rcpt(address);
        if (refusal) throw refusal;
        return address;
      },
      async message(session, envelope, content) {
        const refusal = sink.message();
        if (refusal) return { kind: 'refused', refusal };
        taken.push({
          mailFrom: envelope.sender,
          mail: envelope.parameters,
          recipients: envelope.recipients.map(({ recipient, parameters }) => ({ address: recipient, parameters })),
          octets: Buffer.from(await content.octets()),
          tls: session.tls?.version,
          userName,
        });
        return { kind: 'accepted', reference: `sunk${taken.length}` };
      },
    },
  );
  return Object.assign(sink, {
    port: server.port,
    async close() {
      await server.close(200);
      rmSync(spoolFolder, { recursive: true, force: true });
    },
  });
}

/** A self-signed certificate for `name`, to be believed by its own PEM. */
export function certificateFor(name: string): { readonly context: SecureContext; readonly pem: string } {
  const { key, cert } = testCertificate(name);
  return { context: createSecureContext({ key, cert }), pem: cert };
}
