/** Messages to load a server with: of an exact size, each unlike every other, so that nothing is stored only once. */
import { randomBytes } from 'node:crypto';

const words =
  `bonjour réunion conseil classe élèves établissement rentrée calendrier inscription professeur documents rectorat
  circulaire convocation examen surveillance absence remplacement stage formation évaluation projet budget commande
  bibliothèque salle horaire semaine veuillez trouver pièce jointe réponse avant vendredi cordialement service`.split(
    /\s+/,
  );

let made = 0;

/**
 * @param sizeOctets of the whole message; small ones are a text, those from 200 kB on carry a base64 attachment.
 * @returns octets with CRLF line ends, no line beginning with a full stop, ended by CRLF.
 */
export function makeMessage(from: string, to: string, sizeOctets: number): Buffer {
  const number = ++made;
  const id = `${process.pid}.${number}.${randomBytes(6).toString('hex')}`;
  const head = [
    `From: Claire Martin <${from}>`,
    `To: ${to}`,
    `Subject: ${word(number)} ${word(number * 7)} ${number}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@bench.example>`,
    'MIME-Version: 1.0',
  ];
  const parts = sizeOctets < 200_000 ? textLines(head) : attachmentLines(head, id);
  const start = Buffer.from(parts.start);
  const end = Buffer.from(parts.end);
  return Buffer.concat([start, parts.fill(sizeOctets - start.length - end.length, number), end]);
}

interface Parts {
  readonly start: string;
  readonly fill: (octets: number, seed: number) => Buffer;
  readonly end: string;
}

function textLines(head: readonly string[]): Parts {
  const start = [...head, 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', ''].join(
    '\r\n',
  );
  return { start, fill: fillText, end: '\r\n' };
}

function attachmentLines(head: readonly string[], id: string): Parts {
  const start = [
    ...head,
    `Content-Type: multipart/mixed; boundary="${id}"`,
    '',
    `--${id}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    'Bonjour, veuillez trouver le document ci-joint.',
    `--${id}`,
    'Content-Type: application/pdf; name="document.pdf"',
    'Content-Disposition: attachment; filename="document.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ].join('\r\n');
  return { start, fill: fillBase64, end: `\r\n--${id}--\r\n` };
}

function fillText(octets: number, seed: number): Buffer {
  const lines: string[] = [];
  let state = seed;
  for (let length = 0; length < octets; length += Buffer.byteLength(lines.at(-1) ?? '') + 2) {
    // A small linear congruence: cheap, and different for every message.
    const line = Array.from({ length: 10 }, () =>
      word((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 8),
    );
    lines.push(line.join(' '));
  }
  // Cut at a character, then made up to the octet.
  const text = Buffer.from(lines.join('\r\n'))
    .subarray(0, octets)
    .toString('utf8')
    .replace(/[\ufffd\r\n]+$/, '');
  return Buffer.concat([Buffer.from(text), Buffer.alloc(octets - Buffer.byteLength(text), 'x')]);
}

function fillBase64(octets: number): Buffer {
  const text = randomBytes(Math.ceil(octets * 0.75))
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\r\n');
  return Buffer.from(text.slice(0, octets).replace(/[\r\n]{1,2}$/, 'AA'));
}

const word = (index: number): string => words[index % words.length] ?? 'mot';
