/** Messages that fuzzing begins from: one for each way in which real mail is odd. Written with LF, given with CRLF; one character is one octet. */

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const SEEDS: Readonly<Record<string, string>> = {
  plain:
    'From: Jean <jean@a.fr>\nTo: b@c.fr\nSubject: Bonjour\nDate: Sun, 22 Nov 2026 08:30:00 +0100\nMessage-ID: <1@a.fr>\n\nBonjour,\n\n-- \nJean\n',
  empty: '',
  noHeaders: 'Bonjour, ceci est un texte.\nSans en-tête.\n',
  onlyHeaders: 'From: a@b.fr\nSubject: rien',
  alternative:
    'From: a@b.fr\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="x y"\n\n--x y\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9t=C3=A9 =\nici  \n--x y\nContent-Type: text/html\n\n<p>\xc3\xa9t\xc3\xa9</p>\n--x y--\n',
  related: `Content-Type: multipart/related; boundary=r\n\npreamble\n--r\nContent-Type: text/html\n\n<img src="cid:i@a">\n--r\nContent-Type: image/png; name="a.png"\nContent-ID: <i@a>\nContent-Transfer-Encoding: base64\n\n${PNG}\n--r--\nepilogue\n`,
  missingEnd: 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/html\n\n<b>two',
  noBoundary: 'Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n',
  wrongBoundary: 'Content-Type: multipart/mixed; boundary=c\n\n--b\n\none\n--b--\n',
  sameBoundary:
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n',
  prefixBoundary:
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b--\n\n--b--\n\none\n--b----\n--b\n\ntwo\n--b--\n',
  nested:
    'Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\nFrom: x@y.fr\nSubject: dedans\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\ntexte\n--i\nContent-Type: message/rfc822\n\nSubject: plus loin\n\nfin\n--i--\n--o--\n',
  digest:
    'Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: un\n\ntexte\n--d\n\nSubject: deux\n\ntexte\n--d--\n',
  encodedMessage: 'Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogYQ0KDQpi\n',
  latin1Headers: 'From: H\xe9l\xe8ne <h@a.fr>\nSubject: \xe9t\xe9\n\n\xe0 bient\xf4t\n',
  utf8Headers: 'From: H\xc3\xa9l\xc3\xa8ne <h@\xc3\xa9.fr>\nSubject: \xc3\xa9t\xc3\xa9\n\n\xc3\xa0\n',
  charsets:
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=iso-2022-kr\n\n\x1b$)C\x0eGQ1[\x0f\n--b\nContent-Type: text/plain; charset=hz-gb-2312\n\n~{VPND~}\n--b\nContent-Type: text/plain; charset=utf-7\n\n+AOk-t+AOk-\n--b\nContent-Type: text/plain; charset=x-rien\n\n\xe9\n--b--\n',
  manyWords: `Subject: ${'=?utf-8?Q?=C3=A9?= '.repeat(200)}\nTo: ${'"a" <a@b.fr>, '.repeat(200)}\n\n`,
  hugeHeader: `X-Long: ${'x'.repeat(20_000)}\nSubject: a\n\nb\n`,
  manyHeaders: `${'X-A: b\n'.repeat(3_000)}Subject: a\n\nb\n`,
  nul: 'Sub\0ject: a\0b\nSubject: c\0d\nContent-Type: text/plain; name="a\0b"\n\n\0\0\n',
  bareReturns: 'From: a@b.fr\rSubject: c\r\rtexte\rencore\r',
  garbageHeader: 'From: a@b.fr\nthis is no header\nSubject: b\n\ntexte\n',
  mbox: 'From a@b.fr Sun Nov 22 01:08:51 2026\nFrom: a@b.fr\n\ntexte\n',
  tnef: 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nvoir\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=winmail.dat\n\neJ8+IgAAAQaQCAAEAAAAAAABAAEAAQeQBgAIAAAA5AQ=\n--b--\n',
  smime:
    'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=s\n\n--s\nContent-Type: text/plain\n\nsign\xe9\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHAqCA\n--s--\n',
  flowed: 'Content-Type: text/plain; format=flowed; delsp=yes\n\n> une ligne \n> longue\n\nma r\xe9ponse \nlongue\n',
  uuencode: 'Subject: a\n\nbegin 644 a.txt\n#0V%T\n`\nend\n',
  report:
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nnon remis\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.fr\n\nFinal-Recipient: rfc822; x@y.fr\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nSubject: a\n--b--\n',
  params:
    'Content-Type: application/pdf;\n name*0*=iso-8859-1\'fr\'%E9t%E9;\n name*1=".pdf"\nContent-Disposition: attachment; filename="=?utf-8?Q?=C3=A9.pdf?="; size=12\nContent-Transfer-Encoding: BASE64 \n\nAAAA====\nAA\n',
  groups: 'To: Classe: a@b.fr, "x, y" <c@d.fr>;, <@r:e@f.fr>, (c) g@h.fr (d (e)), undisclosed:;\n\n',
  html: 'Content-Type: text/html; charset="windows-1252"\n\n<style>p{}</style><!-- x --><p title="a>b">l\x92\xe9t\xe9 &amp; l&rsquo;hiver<br>fin<blockquote>cit\xe9</blockquote>\n',
};

/** The octets of every seed, by name. */
export function messageSeeds(): Map<string, Uint8Array> {
  return new Map(Object.entries(SEEDS).map(([name, text]) => [name, octets(text.replaceAll('\n', '\r\n'))]));
}

/** One octet for each character. */
export function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
