/** Letters for browser tests: messages written octet for octet and handed in over LMTP, as a front server does. */
import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { House } from './harness.ts';

export interface Letter {
  readonly subject: string;
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  /** Plain text; together with `html` an alternative. */
  readonly text?: string;
  readonly html?: string;
  readonly files?: readonly LetterFile[];
  /** Whole header lines without their end. */
  readonly headers?: readonly string[];
  /** Answers to this Message-ID. */
  readonly inReplyTo?: string;
  readonly messageId?: string;
}

export interface LetterFile {
  readonly name: string;
  readonly type: string;
  readonly octets: Buffer;
  /** Shown inside the HTML under this content id. */
  readonly cid?: string;
}

/** Prints a letter as a message (RFC 5322), lines ended by CRLF. */
export function printLetter(letter: Letter): string {
  const { subject, from = 'Paul Dehors <paul@dehors.example>', to = 'quelqu-un@ac-valmont.example' } = letter;
  const head = [
    `From: ${from}`,
    `To: ${to}`,
    ...(letter.cc === undefined ? [] : [`Cc: ${letter.cc}`]),
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${letter.messageId ?? `<${randomUUID()}@dehors.example>`}`,
    ...(letter.inReplyTo === undefined ? [] : [`In-Reply-To: ${letter.inReplyTo}`, `References: ${letter.inReplyTo}`]),
    ...(letter.headers ?? []),
    'MIME-Version: 1.0',
  ];
  return [...head, ...bodyOf(letter), ''].join('\r\n');
}

function bodyOf({ text, html, files = [] }: Letter): readonly string[] {
  const texts = [
    ...(text === undefined && html !== undefined ? [] : [leaf('text/plain; charset=utf-8', Buffer.from(text ?? ''))]),
    ...(html === undefined ? [] : [leaf('text/html; charset=utf-8', Buffer.from(html))]),
  ];
  const words = together('alternative', texts);
  const leaves = files.map(({ name, type, octets, cid }) =>
    leaf(`${type}; name="${name}"`, octets, [
      `Content-Disposition: ${cid === undefined ? 'attachment' : 'inline'}; filename="${name}"`,
      ...(cid === undefined ? [] : [`Content-ID: <${cid}>`]),
    ]),
  );
  return together('mixed', [words, ...leaves]);
}

function leaf(type: string, octets: Buffer, more: readonly string[] = []): readonly string[] {
  const lines = octets.toString('base64').match(/.{1,76}/g) ?? [];
  return [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', ...more, '', ...lines];
}

function together(kind: string, parts: readonly (readonly string[])[]): readonly string[] {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const boundary = `_${randomUUID()}`;
  return [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}`, ...part]),
    `--${boundary}--`,
  ];
}

/** Hands messages in for one recipient, in order. @throws {Error} when the server refuses one. */
export async function deliver(house: House, email: string, messages: readonly (Letter | string)[]): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: house.ready.ports['lmtp'],
    lmtp: true,
    ignoreTLS: true,
    pool: true,
    maxConnections: 4,
    maxMessages: 10_000,
  } as object);
  try {
    // One after the other while order shows in the list; four at a time for a crowd.
    const width = messages.length > 100 ? 4 : 1;
    const rest = [...messages];
    const work = async (): Promise<void> => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
        const raw = typeof next === 'string' ? next : printLetter(next);
        await transport.sendMail({ envelope: { from: 'paul@dehors.example', to: [email] }, raw });
      }
    };
    await Promise.all(Array.from({ length: width }, work));
  } finally {
    transport.close();
  }
}
