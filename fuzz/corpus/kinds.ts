/**
 * Every way in which real mail is odd, one writer each. Written by ourselves: nobody's letters are in here.
 * Longer than other files because it is a list: a new oddity is put beside its like, and the kinds are drawn from all.
 */
import type { Chance } from './chance.ts';
import {
  base64Lines,
  charsets,
  crlf,
  encodedWord,
  encodeText,
  filePart,
  head,
  join,
  lines,
  multipart,
  type Piece,
  textPart,
} from './pieces.ts';

export type Writer = (chance: Chance) => Buffer;

const plain: Writer = (chance) => join(head(chance), 'MIME-Version: 1.0\r\n', textPart(chance));

const carried = (message: Piece): Buffer =>
  join(lines('Content-Type: message/rfc822', 'Content-Disposition: attachment', ''), message);

function nested(chance: Chance, depth: number): Buffer {
  let message: Buffer = plain(chance);
  for (let level = depth; level > 0; level--) {
    const body = multipart('mixed', `niveau${level}`, [textPart(chance, 'plain', 4), carried(message)]);
    message = join(head(chance, { subject: `Tr: ${'Fwd: '.repeat(level % 4)}niveau ${level}` }), body);
  }
  return message;
}

function event(method: string): string {
  return lines(
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//corpus//FR', `METHOD:${method}`, 'BEGIN:VEVENT', 'UID:reunion-1@corpus.example',
    'DTSTAMP:20261122T083000Z', 'DTSTART;TZID=Europe/Paris:20261201T140000', 'DURATION:PT1H', 'SUMMARY:Conseil de classe',
    'ORGANIZER;CN=Claire:mailto:claire.martin@ac-exemple.fr', 'ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:quelquun@ac-exemple.fr',
    'END:VEVENT', 'END:VCALENDAR',
  ); // prettier-ignore
}

/** Those of which any number may be made. */
export const kinds: Readonly<Record<string, Writer>> = {
  plain,
  noMime: (chance) => join(head(chance), crlf, encodeText(chance.words(40), chance.pick(charsets)[1])),
  alternative: (chance) =>
    join(
      head(chance),
      multipart('alternative', `alt_${chance.below(1e6)}`, [textPart(chance), textPart(chance, 'html')]),
    ),
  mixed: (chance) =>
    join(head(chance), multipart('mixed', `----=_Part_${chance.below(1e6)}.${chance.below(1e6)}`, [
      textPart(chance), filePart(chance, 'application/pdf', 'circulaire.pdf', chance.octets(500 + chance.below(5000))),
      filePart(chance, 'image/png', 'é.png', chance.octets(200)),
    ])), // prettier-ignore
  related: (chance) =>
    join(head(chance), multipart('related', 'rel', [
      multipart('alternative', 'alt', [textPart(chance), textPart(chance, 'html')]),
      join(lines('Content-Type: image/gif', 'Content-ID: <image1@corpus>', 'Content-Transfer-Encoding: base64', ''), base64Lines(chance.octets(60))),
    ], '; type="multipart/alternative"')), // prettier-ignore
  eightBitHeader: (chance) =>
    join(
      'From: H\xe9l\xe8ne <helene@a.example>\r\nSubject: ',
      encodeText(chance.words(5), chance.pick(['utf8', 'latin1', 'win1251', 'shiftjis'])),
      lines('', 'To: "R\xe9mi" <remi@b.example>', ''),
      chance.words(3),
    ),
  foldedSubject: (chance) =>
    join(
      head(chance, {
        subject: Array.from({ length: 12 }, () => encodedWord(chance, chance.words(3))).join(`${crlf} `),
      }),
      crlf,
      'texte',
    ),
  emptyBody: (chance) => join(head(chance), crlf),
  noBody: (chance) => join(head(chance)),
  noHeader: (chance) => join(crlf, Buffer.from(chance.words(20))),
  missingEnd: (chance) =>
    join(
      head(chance),
      multipart('mixed', 'b', [textPart(chance)]).subarray(0, -7),
      '--b\r\nContent-Type: text/html\r\n\r\n<b>coup',
    ),
  noBoundary: (chance) => join(head(chance), lines('Content-Type: multipart/mixed', '', '--b', '', 'un', '--b--')),
  wrongBoundary: (chance) =>
    join(head(chance), lines('Content-Type: multipart/mixed; boundary=autre', '', '--b', '', 'un', '--b--')),
  sameBoundary: (chance) =>
    join(
      head(chance),
      multipart('mixed', 'b', [
        multipart('alternative', 'b', [textPart(chance), textPart(chance, 'html')]),
        textPart(chance),
      ]),
    ),
  emptyMultipart: (chance) => join(head(chance), lines('Content-Type: multipart/mixed; boundary=b', '', '--b--')),
  strangeBoundary: (chance) =>
    join(head(chance), multipart('mixed', `=_'()+,-./:=? ${chance.below(99)}`, [textPart(chance), textPart(chance)])),
  nul: (chance) => join(head(chance), 'X-Nul: a\0b\r\n\r\n', 'texte \0\0 avec des nuls\0', chance.octets(40)),
  bareLineEnds: (chance) =>
    join(head(chance), crlf, 'une\nligne\rbizarre\n.\nfin\r.\r\r\n\n.\r\nencore\r\n.suite\r\n..\r\n'),
  onlyLineFeeds: (chance) => join(plain(chance).toString('latin1').replaceAll(crlf, '\n')),
  onlyReturns: (chance) => join(plain(chance).toString('latin1').replaceAll(crlf, '\r')),
  dots: (chance) => join(head(chance), crlf, lines('.', '..', '...', '.fin', 'a.', '.'), '.'),
  longLine: (chance) => join(head(chance), crlf, 'x'.repeat(998 + chance.below(3000)), crlf, 'y'.repeat(70_000), crlf),
  longHeaderLine: (chance) =>
    join(head(chance, { more: [`X-Long: ${'z'.repeat(1_000 + chance.below(20_000))}`] }), crlf, 'texte'),
  manyHeaders: (chance) =>
    join(
      head(chance, {
        more: Array.from(
          { length: 300 },
          (_, at) =>
            `X-Champ-${at}: ${chance
              .words(2)
              .normalize('NFD')
              .replaceAll(/[^ -~]/g, '')}`,
        ),
      }),
      crlf,
      'texte',
    ),
  twice: (chance) =>
    join(
      head(chance),
      head(chance),
      lines(
        'From: autre@a.example',
        'Subject: encore',
        'Date: Mon, 1 Jan 2001 00:00:00 +0000',
        'Content-Type: text/html',
        'Content-Type: text/plain',
        '',
      ),
      '<b>deux fois</b>',
    ),
  garbageHeader: (chance) =>
    join(
      lines('ceci n’est pas un champ', ': vide', ' repli au début', 'Sujet sans deux-points'),
      head(chance),
      crlf,
      'texte',
    ),
  mbox: (chance) => join('From jean@a.example Sun Nov 22 08:30:00 2026\r\n', plain(chance), '\r\n>From la suite\r\n'),
  tnef: (chance) =>
    join(
      head(chance),
      multipart('mixed', 'tnef', [
        textPart(chance),
        filePart(
          chance,
          'application/ms-tnef',
          'winmail.dat',
          join(Buffer.from([0x78, 0x9f, 0x3e, 0x22]), chance.octets(300)),
        ),
      ]),
    ),
  smimeSigned: (chance) =>
    join(
      head(chance),
      multipart(
        'signed',
        'sig',
        [textPart(chance), filePart(chance, 'application/pkcs7-signature', 'smime.p7s', chance.octets(900))],
        '; protocol="application/pkcs7-signature"; micalg=sha-256',
      ),
    ),
  smimeEncrypted: (chance) =>
    join(
      head(chance),
      filePart(chance, 'application/pkcs7-mime; smime-type=enveloped-data', 'smime.p7m', chance.octets(2000)),
    ),
  pgpSigned: (chance) =>
    join(
      head(chance),
      multipart(
        'signed',
        'pgp',
        [
          textPart(chance),
          join(
            lines('Content-Type: application/pgp-signature', '', '-----BEGIN PGP SIGNATURE-----', ''),
            base64Lines(chance.octets(90), 64),
            lines('-----END PGP SIGNATURE-----'),
          ),
        ],
        '; protocol="application/pgp-signature"',
      ),
    ),
  pgpEncrypted: (chance) =>
    join(
      head(chance),
      multipart('encrypted', 'pgp', [
        lines('Content-Type: application/pgp-encrypted', '', 'Version: 1'),
        join(
          lines('Content-Type: application/octet-stream; name=encrypted.asc', '', '-----BEGIN PGP MESSAGE-----', ''),
          base64Lines(chance.octets(300), 64),
          lines('-----END PGP MESSAGE-----'),
        ),
      ]),
    ),
  pgpInline: (chance) =>
    join(
      head(chance),
      crlf,
      lines('-----BEGIN PGP MESSAGE-----', ''),
      base64Lines(chance.octets(200), 64),
      lines('-----END PGP MESSAGE-----'),
    ),
  uuencode: (chance) => join(head(chance), crlf, lines('Voici :', 'begin 644 a.txt', '#0V%T', '`', 'end')),
  partial: (chance) =>
    join(
      head(chance),
      lines(
        `Content-Type: message/partial; id="p${chance.below(99)}@corpus"; number=${chance.below(4)}; total=3`,
        '',
        'suite du texte',
      ),
    ),
  externalBody: (chance) =>
    join(
      head(chance),
      lines(
        'Content-Type: message/external-body; access-type=URL; URL="http://a.example/x"',
        '',
        'Content-Type: text/plain',
        '',
        '',
      ),
    ),
  invitation: (chance) =>
    join(
      head(chance),
      multipart('mixed', 'inv', [
        multipart('alternative', 'alt', [
          textPart(chance),
          textPart(chance, 'html'),
          join(lines('Content-Type: text/calendar; method=REQUEST; charset=utf-8', ''), event('REQUEST')),
        ]),
        filePart(chance, 'application/ics', 'invite.ics', Buffer.from(event('REQUEST'))),
      ]),
    ),
  calendarOnly: (chance) =>
    join(
      head(chance),
      lines(`Content-Type: text/calendar; method=${chance.pick(['REPLY', 'CANCEL', 'PUBLISH'])}`, ''),
      event('REPLY'),
    ),
  bounce: (chance) =>
    join(lines('Return-Path: <>', 'Auto-Submitted: auto-replied'), head(chance, { subject: 'Undelivered Mail Returned to Sender' }), multipart('report', 'dsn', [
      textPart(chance), lines('Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.a.example', '', 'Final-Recipient: rfc822; x@y.example', 'Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 no'),
      chance.percent(50) ? carried(plain(chance)) : join(lines('Content-Type: text/rfc822-headers', ''), head(chance)),
    ], '; report-type=delivery-status')), // prettier-ignore
  readReceipt: (chance) =>
    join(
      head(chance),
      multipart(
        'report',
        'mdn',
        [
          textPart(chance),
          lines(
            'Content-Type: message/disposition-notification',
            '',
            'Final-Recipient: rfc822; x@y.example',
            'Disposition: manual-action/MDN-sent-manually; displayed',
          ),
        ],
        '; report-type=disposition-notification',
      ),
    ),
  digest: (chance) =>
    join(
      head(chance),
      multipart(
        'digest',
        'dig',
        Array.from({ length: 4 }, () => join(crlf, plain(chance))),
      ),
    ),
  forwarded: (chance) => nested(chance, 1 + chance.below(5)),
  forwardedBase64: (chance) =>
    join(
      head(chance),
      lines('Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', ''),
      base64Lines(plain(chance)),
    ),
  flowed: (chance) =>
    join(
      head(chance),
      lines(
        'Content-Type: text/plain; format=flowed; delsp=yes',
        '',
        '> cit\xe9 ',
        '> suite',
        '>> plus loin',
        ' espace',
        'longue ligne ',
        'suite',
        '-- ',
        'Jean',
      ),
    ),
  wordHtml: (chance) =>
    join(
      head(chance),
      lines(
        'Content-Type: text/html; charset=windows-1252',
        '',
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><!--[if gte mso 9]><xml></xml><![endif]--><style>@page{}</style>',
        `<p class=MsoNormal>${'<span><o:p>'.repeat(200)}l\x92\xe9t\xe9 \x80 5</p><script>alert(1)</script><img src="http://pisteur.example/x.gif" onerror=x>`,
      ),
    ),
  deepHtml: (chance) =>
    join(head(chance), lines('Content-Type: text/html', '', `${'<div><table><tr><td>'.repeat(3_000)}au fond`)),
  entities: (chance) =>
    join(head(chance), lines('Content-Type: text/html', '', '&lt;&#xD800;&#0;&#x110000;&amp;amp;&copy'.repeat(500))),
  badBase64: (chance) =>
    join(
      head(chance),
      lines(
        'Content-Transfer-Encoding: base64',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'Qm9u===am91cg',
        '!!!!',
        'cGFz\xe9 Zmlu',
        '=',
      ),
    ),
  badQuoted: (chance) =>
    join(
      head(chance),
      lines(
        'Content-Transfer-Encoding: quoted-printable',
        'Content-Type: text/plain',
        '',
        'a=ZZ=E=',
        '=C3=',
        'fin =  ',
        '=',
      ),
    ),
  cutUtf8: (chance) =>
    join(
      head(chance),
      lines('Content-Type: text/plain; charset=utf-8', ''),
      encodeText(chance.words(60), 'utf8').subarray(0, 201),
      Buffer.from([0xc3, 0xed, 0xa0, 0x80, 0xff]),
    ),
  groups: (chance) =>
    join(
      head(chance, {
        more: [
          'Cc: Classe de 5e: a@b.example, "x, y" <c@d.example>;, <@r:e@f.example>, (c) g@h.example (d (e)), vide:;',
          'Reply-To: "',
          'Bcc: cache@a.example',
        ],
      }),
      crlf,
      'texte',
    ),
  references: (chance) =>
    join(
      head(chance, {
        more: [
          `References: ${Array.from({ length: 400 }, (_, at) => `<${at}.${chance.below(50)}@fil.example>`).join(`${crlf}\t`)}`,
          'In-Reply-To: <1@fil.example> du 3 mai <2@fil.example>',
        ],
      }),
      crlf,
      'texte',
    ),
  list: (chance) =>
    join(
      head(chance, {
        more: [
          'List-Id: Profs <profs.ac-exemple.fr>',
          'List-Unsubscribe: <mailto:stop@a.example?subject=stop>, <https://a.example/stop>',
          'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
          'Precedence: bulk',
        ],
      }),
      crlf,
      'texte',
    ),
  noise: (chance) => chance.octets(50 + chance.below(3000)),
  noiseInMime: (chance) => join(head(chance), multipart('mixed', 'b', [chance.octets(600), chance.octets(600)])),
  strangeType: (chance) =>
    join(
      head(chance),
      lines(
        `Content-Type: ${chance.pick(['text', '/', 'text/', ';;;', 'TEXT/PLAIN; CHARSET', 'application/x-"', "text/plain; charset*=utf-8''utf-8", '(c) text (d) / plain'])}`,
        'Content-Transfer-Encoding: (c) 8bit (d)',
        '',
        'texte',
      ),
    ),
  empty: () => Buffer.alloc(0),
};

/** Those of which one is enough: large, deep or wide. */
export const giants: Readonly<Record<string, Writer>> = {
  attachment25Mb: (chance) =>
    join(
      head(chance),
      multipart('mixed', 'gros', [
        textPart(chance),
        filePart(chance, 'video/mp4', 'film.mp4', Buffer.alloc(18_900_000, chance.octets(65_521))),
      ]),
    ),
  recipients10000: (chance) =>
    join(
      head(chance, {
        more: [
          `Cc: ${Array.from({ length: 10_000 }, (_, at) => `"Prof ${at}" <prof.${at}@ac-exemple.fr>`).join(`,${crlf} `)}`,
        ],
      }),
      crlf,
      'à tous',
    ),
  nested50: (chance) => nested(chance, 50),
  nested400: (chance) => nested(chance, 400),
  header2Mb: (chance) =>
    join(head(chance, { more: [`X-Enorme: ${`${'a'.repeat(900)}${crlf} `.repeat(2_200)}`] }), crlf, 'texte'),
  headers20000: (chance) =>
    join(head(chance, { more: Array.from({ length: 20_000 }, (_, at) => `X-${at}: ${at}`) }), crlf, 'texte'),
  parts20000: (chance) =>
    join(
      head(chance),
      multipart(
        'mixed',
        'b',
        Array.from({ length: 20_000 }, () => 'Content-Type: text/plain\r\n\r\nx'),
      ),
    ),
  multiparts2000: (chance) => {
    const levels = Array.from({ length: 2_000 }, (_, at) =>
      lines(`Content-Type: multipart/mixed; boundary=b${at}`, '', `--b${at}`),
    ).join('');
    return join(head(chance), levels, lines('', 'au fond'));
  },
  openBoundaries: (chance) =>
    join(head(chance), lines('Content-Type: multipart/mixed; boundary=b', ''), '--b\r\n'.repeat(100_000)),
  dashes: (chance) =>
    join(
      head(chance),
      lines('Content-Type: multipart/mixed; boundary=-', ''),
      '-'.repeat(1_000_000),
      crlf,
      '---\r\n'.repeat(100_000),
    ),
  oneLine10Mb: (chance) => join(head(chance), crlf, 'x'.repeat(10_000_000)),
  html5Mb: (chance) =>
    join(head(chance), lines('Content-Type: text/html', ''), '<b><i>&eacute;<!-- <a href="'.repeat(180_000)),
  words20000: (chance) => join(head(chance, { subject: '=?utf-8?Q?=C3=A9?= '.repeat(20_000) }), crlf, 'texte'),
  parentheses: (chance) =>
    join(
      head(chance, {
        more: [`Cc: ${'('.repeat(200_000)}`, `Reply-To: ${'"a\\"'.repeat(50_000)}`, `Sender: ${'<'.repeat(100_000)}`],
      }),
      crlf,
      'texte',
    ),
  parameters: (chance) =>
    join(
      head(chance),
      lines(`Content-Type: text/plain${Array.from({ length: 20_000 }, (_, at) => `; name*${at}*=%E9`).join('')}`, ''),
      'texte',
    ),
  base64Lines1: (chance) =>
    join(
      head(chance),
      lines('Content-Type: application/octet-stream', 'Content-Transfer-Encoding: base64', ''),
      base64Lines(chance.octets(300_000), 1),
    ),
};
