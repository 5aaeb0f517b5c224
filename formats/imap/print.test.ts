import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printStructure } from '#formats/message/pack.ts';
import { parseMessage } from '#formats/message/parse.ts';
import { printStoredEnvelope } from './print-envelope.ts';
import { type ThreadNode, printEsearch, printNumbers, printThreads } from './print-search.ts';
import { printStoredStructure } from './print-structure.ts';

const parse = (text: string) => parseMessage(new TextEncoder().encode(text.replaceAll('\n', '\r\n')));
const envelope = (text: string, isUtf8 = false) => printStoredEnvelope(JSON.stringify(parse(text).envelope), isUtf8);
const structure = (text: string, isExtended = true) =>
  printStoredStructure(printStructure(parse(text).structure), isExtended);

test('an envelope names the author where nobody else is named', () => {
  assert.equal(
    envelope(
      'Date: Wed, 17 Jul 1996 02:23:25 -0700\nFrom: "Terry Gray" <gray@cac.washington.edu>\nSubject: IMAP4rev2 "WG"\n' +
        'To: imap@cac.washington.edu\nCc: minutes@CNRI.Reston.VA.US, John <klensin@MIT.EDU>\nMessage-ID: <B2739@x>\n\n',
    ),
    '("Wed, 17 Jul 1996 02:23:25 -0700" "IMAP4rev2 \\"WG\\"" (("Terry Gray" NIL "gray" "cac.washington.edu"))' +
      ' (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu"))' +
      ' ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John" NIL "klensin" "MIT.EDU"))' +
      ' NIL NIL "<B2739@x>")',
  );
});

test('an envelope holds ASCII only, groups stand between their marks, what is missing is not NIL', () => {
  assert.equal(
    envelope(
      'From: =?utf-8?q?Cl=C3=A9?= <nobody>\nTo: =?utf-8?q?=C3=89quipe?=: a@b;, c@d\nSubject: =?utf-8?b?w6k=?=\n\n',
    ),
    '(NIL "=?UTF-8?B?w6k=?=" (("=?UTF-8?B?Q2zDqQ==?=" NIL "nobody" "")) (("=?UTF-8?B?Q2zDqQ==?=" NIL "nobody" ""))' +
      ' (("=?UTF-8?B?Q2zDqQ==?=" NIL "nobody" "")) ((NIL NIL "=?UTF-8?Q?=C3=89quipe?=" NIL)(NIL NIL "a" "b")(NIL NIL NIL NIL)' +
      '(NIL NIL "c" "d")) NIL NIL NIL NIL)',
  );
  const address = JSON.stringify({ from: [{ name: null, addresses: [{ name: null, email: 'é@x.fr' }] }] });
  assert.ok(printStoredEnvelope(address).includes('((NIL NIL {2}\r\n\xc3\xa9 "x.fr"))'));
  assert.ok(printStoredEnvelope(address, true).includes('((NIL NIL "\xc3\xa9" "x.fr"))'));
});

test('a damaged row answers NIL', () => {
  for (const stored of ['', '{', '3', '[]', '{"from":7,"to":[null,{"addresses":[null]}],"sentAt":"x"}'])
    assert.equal(printStoredEnvelope(stored), '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)', stored);
  for (const stored of ['', '{}', 'null'])
    assert.equal(printStoredStructure(stored, false), '("text" "plain" NIL NIL NIL "7bit" 0 0)', stored);
});

const mixed = `Content-Type: multipart/mixed; boundary=b

--b

Hello
--b
Content-Type: application/pdf; name="r\u00e9.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename*=utf-8''r%C3%A9%20(1).pdf
Content-ID: <c@d>
Content-Language: fr, en
Content-Location: http://x/
Content-Description: =?utf-8?q?=C3=A9?=
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==

AAAA
--b
Content-Type: message/rfc822

Subject: within
Content-Type: text/html; charset=utf-8

<p>x
--b--
`;

test('a structure prints what each kind of part has', () => {
  assert.equal(
    structure('Subject: x\n\nHello\n'),
    '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 7 1 NIL NIL NIL NIL)',
  );
  const printed = structure(mixed);
  const parts = [
    '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 5 0 NIL NIL NIL NIL)',
    '("application" "pdf" ("name*" "utf-8\'\'r%C3%A9.pdf") "<c@d>" "=?UTF-8?B?w6k=?=" "base64" 4 "Q2hlY2sgSW50ZWdyaXR5IQ=="' +
      ' ("attachment" ("filename*" "utf-8\'\'r%C3%A9%20%281%29.pdf")) ("fr" "en") "http://x/")',
  ];
  assert.ok(printed.startsWith(`(${parts[0]}${parts[1]}`), printed);
  assert.ok(printed.endsWith(' "mixed" ("boundary" "b") NIL NIL NIL)'), printed);
  assert.ok(
    printed.includes(
      '("message" "rfc822" NIL NIL NIL "7bit" 63 (NIL "within" NIL NIL NIL NIL NIL NIL NIL NIL)' +
        ' ("text" "html" ("charset" "utf-8") NIL NIL "7bit" 4 0 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)',
    ),
    printed,
  );
  assert.ok(structure(mixed, false).endsWith(' 3) "mixed")'));
});

test('answers to a search tell what was asked', () => {
  assert.equal(printEsearch({ tag: 'a"1', byUid: true, all: '' }), '* ESEARCH (TAG "a\\"1") UID\r\n');
  assert.equal(
    printEsearch({
      tag: 'a',
      byUid: true,
      mailbox: { name: 'Écoles', uidValidity: 7 },
      min: 1,
      max: 9,
      all: '1:3,9',
      count: 4,
      partial: { range: { first: 1, last: 2, isFromEnd: true }, found: '' },
      modseq: 12,
    }),
    '* ESEARCH (TAG "a" MAILBOX &AMk-coles UIDVALIDITY 7) UID MIN 1 MAX 9 ALL 1:3,9 COUNT 4 PARTIAL (-1:-2 NIL) MODSEQ 12\r\n',
  );
  assert.equal(printNumbers('SEARCH', Uint32Array.of(2, 5), 9), '* SEARCH 2 5 (MODSEQ 9)\r\n');
  assert.equal(printNumbers('SORT', Uint32Array.of()), '* SORT\r\n');
});

const node = (place: number | null, ...children: readonly ThreadNode[]): ThreadNode => ({ place, children });
const print = (threads: readonly ThreadNode[]): string => printThreads(threads, (place) => place);

test('threads print as RFC 5256 draws them', () => {
  assert.equal(
    print([node(2), node(3, node(6, node(4, node(23)), node(44, node(7, node(96)))))]),
    '* THREAD (2)(3 6 (4 23)(44 7 96))\r\n',
  );
  assert.equal(print([node(null, node(3), node(5))]), '* THREAD ((3)(5))\r\n');
  assert.equal(print([]), '* THREAD\r\n');
  let long = node(1);
  for (let number = 2; number <= 100_000; number += 1) long = node(number, long);
  assert.ok(print([long]).endsWith(' 2 1)\r\n'));
});
