/** Letters that can be told apart by their octets: each has a number, a size and incompressible content from a seed. */
import { createHash } from 'node:crypto';
import { seededRandom } from './house.ts';

export interface Letter {
  readonly number: number;
  readonly octets: Buffer;
  /** SHA-256, base64url. */
  readonly digest: string;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** @param sizeOctets about so many. */
export function writeLetter(number: number, sizeOctets: number, to: readonly string[]): Letter {
  const random = seededRandom(number * 7919 + sizeOctets);
  const head = [
    'From: Expediteur <expediteur@ailleurs.example>',
    `To: ${to.join(', ')}`,
    `Subject: lettre ${number}`,
    'Date: Sun, 22 Nov 2026 08:30:00 +0100',
    `Message-ID: <lettre.${number}@ailleurs.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `Ceci est la lettre ${number}.`,
  ];
  const lines: string[] = [];
  for (let octets = 0; octets < sizeOctets; octets += 74) {
    let line = '';
    for (let at = 0; at < 72; at++) line += alphabet[Math.floor(random() * 64)];
    lines.push(line);
  }
  const octets = Buffer.from([...head, ...lines, ''].join('\r\n'), 'latin1');
  return { number, octets, digest: digestOf(octets) };
}

export function digestOf(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('base64url');
}
