import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { printAppleProfile } from './apple-profile.ts';
import { printAutoconfig } from './autoconfig.ts';
import { autodiscoverOctets, printAutodiscover, readAutodiscoverRequest, readsOutlook } from './autodiscover.ts';
import { planServiceRecords } from './records.ts';
import { bestService, listServices, type Reach } from './services.ts';
import { element, elementWith, printXml } from './xml.ts';

const reach: Reach = {
  hostName: 'mail.a.example',
  webUrl: 'https://web.a.example',
  ports: { imap: 143, imaps: 993, submission: 587, submissions: 465, sieve: 4190 },
};
const domain = { name: 'a.example', tenantName: 'Académie <A> & Cie' };
const without = (...names: readonly (keyof Reach['ports'])[]): Reach => ({
  ...reach,
  ports: { ...reach.ports, ...Object.fromEntries(names.map((name) => [name, 0])) },
});

describe('what a mail program must know', () => {
  it('names the better secured service first, and none that is not offered', () => {
    assert.deepEqual(
      listServices(reach).map(({ kind, port, security }) => [kind, port, security]),
      [
        ['imap', 993, 'tls'],
        ['imap', 143, 'starttls'],
        ['submission', 465, 'tls'],
        ['submission', 587, 'starttls'],
        ['sieve', 4190, 'starttls'],
      ],
    );
    assert.equal(bestService(without('imaps'), 'imap')?.port, 143);
    assert.equal(bestService(without('imap', 'imaps'), 'imap'), undefined);
  });

  it('is written as zone lines: services by preference, POP3 as absent, the names Thunderbird and Outlook ask', () => {
    const lines = planServiceRecords('a.example', reach).map(({ name, type, value }) => `${name} ${type} ${value}`);
    assert.deepEqual(lines, [
      '_jmap._tcp.a.example SRV 0 1 443 web.a.example.',
      '_imaps._tcp.a.example SRV 0 1 993 mail.a.example.',
      '_imap._tcp.a.example SRV 10 1 143 mail.a.example.',
      '_submissions._tcp.a.example SRV 0 1 465 mail.a.example.',
      '_submission._tcp.a.example SRV 10 1 587 mail.a.example.',
      '_sieve._tcp.a.example SRV 0 1 4190 mail.a.example.',
      '_pop3._tcp.a.example SRV 0 0 0 .',
      '_pop3s._tcp.a.example SRV 0 0 0 .',
      'autoconfig.a.example CNAME web.a.example.',
      'autodiscover.a.example CNAME web.a.example.',
      '_autodiscover._tcp.a.example SRV 0 0 443 web.a.example.',
    ]);
    const [jmap] = planServiceRecords('a.example', { ...reach, webUrl: 'http://mail.a.example:8080' });
    assert.equal(jmap?.value, '0 1 8080 mail.a.example.');
    const free = planServiceRecords('a.example', { ...reach, webUrl: 'http://a.example:0' });
    assert.ok(!free.some(({ value }) => /^0 [01] 0 \w/.test(value)), 'no port that nobody knows');
    const own = planServiceRecords('a.example', { ...reach, webUrl: 'https://autoconfig.a.example' });
    assert.ok(!own.some(({ name }) => name === 'autoconfig.a.example'), 'no alias of itself');
  });
});

describe('XML', () => {
  it('is escaped in text and attributes, and holds no character that XML forbids', () => {
    const printed = printXml(elementWith('a', { b: '"<>&\n' }, element('c', `<&>\u0000\u001b\ud800'é😀`)));
    assert.equal(
      printed,
      '<?xml version="1.0" encoding="UTF-8"?>\n<a b="&quot;&lt;&gt;&amp;\n">\n  <c>&lt;&amp;&gt;\'é😀</c>\n</a>\n',
    );
  });
});

describe('autoconfig', () => {
  it('offers IMAP and SMTP, TLS first, by address and password', () => {
    const printed = printAutoconfig(domain, reach);
    assert.match(printed, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<clientConfig version="1\.1">/);
    assert.match(printed, /<displayName>Académie &lt;A&gt; &amp; Cie<\/displayName>/);
    const servers = [...printed.matchAll(/<(incoming|outgoing)Server type="(\w+)">([^]*?)<\/\1Server>/g)];
    assert.deepEqual(
      servers.map(([, , type, inner]) => [
        type,
        /<port>(\d+)/.exec(inner ?? '')?.[1],
        /Type>(\w+)/.exec(inner ?? '')?.[1],
      ]),
      [
        ['imap', '993', 'SSL'],
        ['imap', '143', 'STARTTLS'],
        ['smtp', '465', 'SSL'],
        ['smtp', '587', 'STARTTLS'],
      ],
    );
    for (const [, , , inner] of servers) {
      assert.match(inner ?? '', /<username>%EMAILADDRESS%<\/username>\s*<authentication>password-cleartext</);
    }
    assert.doesNotMatch(printed, /OAuth|plain<|calendar|addressBook/i);
    assert.match(printed, /<documentation url="https:\/\/web\.a\.example\/settings\/programs">/);
  });
});

const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook';
const asked = (inner: string, head = ''): string =>
  `<?xml version="1.0" encoding="utf-8"?>${head}<Autodiscover xmlns="${outlook}/requestschema/2006"><Request>${inner}</Request></Autodiscover>`;
const alice = '<EMailAddress>alice@a.example</EMailAddress>';

const requests = [
  { xml: asked(alice), address: 'alice@a.example', because: 'a plain request' },
  {
    xml: asked(`${alice}<AcceptableResponseSchema>x</AcceptableResponseSchema>`),
    address: 'alice@a.example',
    because: 'the schema comes second',
  },
  {
    xml: asked('<EMailAddress> al&#105;ce&amp;b@a.example\n</EMailAddress>'),
    address: 'alice&b@a.example',
    because: 'references are read',
  },
  { xml: `\ufeff${asked(alice)}`, address: 'alice@a.example', because: 'Outlook begins with a byte order mark' },
  { xml: asked(''), address: undefined, because: 'there is no address' },
  { xml: asked('<A><EMailAddress>a@a.example</EMailAddress></A>'), address: undefined, because: 'it stands elsewhere' },
  { xml: asked(alice, '<!DOCTYPE a [<!ENTITY e "x">]>'), address: undefined, because: 'a DTD is refused' },
  { xml: asked('<EMailAddress>&e;</EMailAddress>'), address: undefined, because: 'an entity nobody declared' },
  { xml: asked(alice).slice(0, -5), address: undefined, because: 'it is cut short' },
  { xml: asked(`${'<a>'.repeat(20)}${'</a>'.repeat(20)}${alice}`), address: undefined, because: 'it is too deep' },
  { xml: asked(`${'<a/>'.repeat(60)}${alice}`), address: undefined, because: 'it holds too much' },
  { xml: asked(alice + ' '.repeat(autodiscoverOctets)), address: undefined, because: 'it is too long' },
  { xml: '', address: undefined, because: 'it is empty' },
  { xml: 'x'.repeat(10), address: undefined, because: 'it is no XML' },
];

describe('autodiscover', () => {
  for (const { xml, address, because } of requests) {
    it(`${address === undefined ? 'refuses' : 'reads'} a request: ${because}`, () => {
      assert.equal(readAutodiscoverRequest(Buffer.from(xml))?.emailAddress, address);
    });
  }

  it('answers with a request or undefined, whatever comes', () => {
    const whole = Buffer.from(asked(alice));
    const cut = fc.tuple(fc.nat(whole.length), fc.nat(whole.length), fc.uint8Array({ maxLength: 12 }));
    const mangled = cut.map(([from, to, put]) => Buffer.concat([whole.subarray(0, from), put, whole.subarray(to)]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mangled), (octets) => {
        const read = readAutodiscoverRequest(octets);
        return read === undefined || read.emailAddress !== '';
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses octets that are not UTF-8', () => {
    const octets = Buffer.from(asked(alice));
    octets[octets.indexOf('alice')] = 0xff;
    assert.equal(readAutodiscoverRequest(octets), undefined);
  });

  it('knows which answers a program can read', () => {
    const request = { emailAddress: 'a@a.example' };
    assert.ok(readsOutlook({ ...request, schema: undefined }));
    assert.ok(readsOutlook({ ...request, schema: `${outlook}/responseschema/2006a` }));
    assert.ok(!readsOutlook({ ...request, schema: `${outlook.replace('outlook', 'mobilesync')}/responseschema/2006` }));
  });

  it('answers with IMAP and SMTP under the address that was given', () => {
    const printed = printAutodiscover('o&b@a.example', reach);
    const protocols = [...printed.matchAll(/<Protocol>([^]*?)<\/Protocol>/g)].map(([, inner = '']) =>
      ['Type', 'Server', 'Port', 'LoginName', 'SSL', 'Encryption'].map(
        (name) => new RegExp(`<${name}>([^<]*)<`).exec(inner)?.[1],
      ),
    );
    assert.deepEqual(protocols, [
      ['IMAP', 'mail.a.example', '993', 'o&amp;b@a.example', 'on', 'SSL'],
      ['IMAP', 'mail.a.example', '143', 'o&amp;b@a.example', 'on', 'TLS'],
      ['SMTP', 'mail.a.example', '465', 'o&amp;b@a.example', 'on', 'SSL'],
      ['SMTP', 'mail.a.example', '587', 'o&amp;b@a.example', 'on', 'TLS'],
    ]);
  });
});

describe('Apple’s profile', () => {
  const profileOf = (address: string, at: Reach = reach) => printAppleProfile({ address, domain }, at);

  it('sets up both servers for the address, with no password in it', () => {
    const printed = profileOf('alice@a.example') ?? '';
    const valueOf = (key: string) => new RegExp(`<key>${key}</key>\\s*<(\\w+)(?:/>|>([^<]*)<)`).exec(printed)?.slice(1);
    assert.deepEqual(valueOf('EmailAddress'), ['string', 'alice@a.example']);
    assert.deepEqual(valueOf('IncomingMailServerHostName'), ['string', 'mail.a.example']);
    assert.deepEqual(valueOf('IncomingMailServerPortNumber'), ['integer', '993']);
    assert.deepEqual(valueOf('OutgoingMailServerPortNumber'), ['integer', '465']);
    assert.equal(valueOf('OutgoingMailServerUseSSL')?.[0], 'true');
    assert.equal(valueOf('OutgoingPasswordSameAsIncomingPassword')?.[0], 'true');
    assert.doesNotMatch(printed, /MailServerPassword|<key>(?:Incoming|Outgoing)Password</);
  });

  it('has identifiers of its own for each address, always the same', () => {
    const uuids = (text = ''): readonly string[] =>
      text.match(/[\dA-F]{8}-[\dA-F]{4}-8[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}/g) ?? [];
    const first = uuids(profileOf('alice@a.example'));
    assert.ok(first.length >= 4);
    assert.deepEqual(uuids(profileOf('alice@a.example')), first);
    assert.ok(!uuids(profileOf('bruno@a.example')).some((uuid) => first.includes(uuid)));
  });

  it('is not made where there is nothing to set up', () => {
    assert.equal(profileOf('alice@a.example', without('imap', 'imaps')), undefined);
  });
});
