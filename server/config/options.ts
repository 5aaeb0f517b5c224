/**
 * Every option of Pli, declared once: kind, default, reason. The command line (`--http-port`), the environment
 * (`PLI_HTTP_PORT`), the TOML file (`[http] port`) and the manual are all read off this table; no other file looks at
 * the environment. An option's name is its place here: `http.port`.
 */
import { hostname } from 'node:os';

import { choice, count, duration, flag, list, octets, path, port, publicPort, secretUrl, text } from './kinds.ts';

const mebi = 1024 ** 2;

export const options = {
  data: path('./var', 'Folder of everything this server keeps: database, blobs, certificate.'),
  hostname: text(hostname(), 'The name other servers know this one by: EHLO, Received, Message-ID, DNS records.'),
  bind: text('::', 'Address to listen on; `::` is every address, IPv4 too. In laboratory mode 127.0.0.1.'),
  lab: flag(
    false,
    'Laboratory mode, for conformance suites: loopback only, clear-text passwords, no delays, no limits on attempts.',
  ),
  database: {
    url: secretUrl('', '`sqlite:PATH` or `postgres://…`. Empty: `sqlite:` with pli.sqlite in the data folder.'),
  },
  blobs: {
    url: secretUrl('', '`file:FOLDER` or `s3://KEY:SECRET@HOST/BUCKET`. Empty: the folder blobs in the data folder.'),
  },
  http: {
    port: port(8080, 'Web client, JMAP, and every other service over HTTP.'),
    url: text('', 'The address people type, such as https://mail.example.org. Empty: http://localhost and the port.'),
    tls: flag(false, 'HTTPS on this port, with tls.cert and tls.key; a reverse proxy usually does this.'),
    proxies: list([], 'Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.'),
  },
  smtp: { port: port(1025, 'Mail from other servers; 25 in production, or a redirection to it.') },
  lmtp: {
    port: port(1124, 'Mail from a filter or a relay of ours (RFC 2033).'),
    bind: text('127.0.0.1', 'LMTP asks no password, so it stays on the loopback address unless told otherwise.'),
  },
  submission: {
    port: port(1587, 'Mail of our users, STARTTLS (RFC 6409).'),
    undo: duration('10s', 'How long a message can be taken back after "send".'),
    maxDelay: duration('366d', 'Longest delay of a scheduled message (RFC 8621 §1.3.2, maxDelayedSend).'),
    recipients: count(2000, 'Recipients of one message; a larger circle is what groups are for.', 1),
  },
  submissions: { port: port(1465, 'Mail of our users, TLS from the first octet (RFC 8314).') },
  imap: {
    port: port(1143, 'IMAP with STARTTLS (RFC 9051).'),
    idle: duration('30m', 'A client that says nothing for so long is left (RFC 9051 §5.4 asks for 30 minutes).'),
    connectionsPerPerson: count(
      100,
      'Connections of one person; a program keeps about five, and people have several.',
      1,
    ),
    lineOctets: octets(
      64 * 1024,
      'Longest command without its messages; clients send long lists of UIDs (RFC 7162 §4).',
    ),
  },
  imaps: { port: port(1993, 'IMAP with TLS from the first octet (RFC 8314).') },
  sieve: {
    port: port(4190, 'ManageSieve (RFC 5804).'),
    scripts: count(32, 'Scripts of one account.', 1),
    scriptOctets: octets(128 * 1024, 'Largest script: what people write is a hundredth of it.'),
    redirectsPerMessage: count(5, 'Forwards one message may cause in one account (RFC 5228 §10).', 1),
    sentPerDay: count(500, 'Forwards of one account in a day; answers and notifications count each for themselves.'),
  },
  public: {
    host: text('', 'The name mail programs connect to, in DNS records and automatic set-up. Empty: hostname.'),
    imapPort: publicPort('imap.port as seen from outside, where a port map or a proxy stands in between: 143.'),
    imapsPort: publicPort('imaps.port as seen from outside: 993.'),
    submissionPort: publicPort('submission.port as seen from outside: 587.'),
    submissionsPort: publicPort('submissions.port as seen from outside: 465.'),
    sievePort: publicPort('sieve.port as seen from outside: 4190.'),
  },
  tls: {
    cert: path('', 'Certificate chain, PEM. Empty: a self-signed one is made in the data folder.'),
    key: path('', 'Its private key, PEM.'),
    extraCa: path('', 'Further authorities to believe when we call others (push callbacks), PEM.'),
  },
  push: {
    key: path('', 'Private key (P-256, PEM) push services know us by (RFC 8292). Empty: made in the data folder.'),
  },
  delivery: {
    smarthost: secretUrl('', 'Relay for all outgoing mail: smtp://USER:PASSWORD@HOST:PORT or smtps://… Empty: by MX.'),
    giveUpAfter: duration('5d', 'How long an undeliverable message is tried (RFC 5321 §4.5.4.1 asks for 4 or 5 days).'),
    warnAfter: duration('4h', 'When the sender is told that a message is late.'),
    connections: count(20, 'Messages on their way to other servers at once.', 1),
    connectionsPerHost: count(4, 'Of these, to one host; more and large providers defer us.', 1),
  },
  limits: {
    messageOctets: octets(50 * mebi, 'Largest message, in and out.'),
    uploadOctets: octets(50 * mebi, 'Largest upload (RFC 8620 §2, maxSizeUpload).'),
    requestOctets: octets(10 * mebi, 'Largest JMAP request (RFC 8620 §2, maxSizeRequest).'),
    callsInRequest: count(64, 'Method calls in one JMAP request; a client that prefetches sends about 20.', 1),
    objectsInGet: count(1000, 'Objects one JMAP get answers (RFC 8620 §2).', 1),
    objectsInSet: count(1000, 'Objects one JMAP set changes (RFC 8620 §2).', 1),
    concurrentRequests: count(8, 'JMAP requests of one person at work at once.', 1),
    concurrentUploads: count(4, 'Uploads of one person at once.', 1),
    connections: count(20_000, 'Open connections of all services together.', 1),
    connectionsPerAddress: count(500, 'Of one remote address; a whole school comes from one.', 1),
    recipientsPerMessage: count(2000, 'RCPT commands of one incoming message (RFC 5321 §4.5.3.1.8 asks for 100).', 1),
  },
  imports: {
    open: flag(true, 'People may fetch their mail from an old server themselves, or bring it as a file.'),
    insideHosts: list(
      [],
      'Old mail servers inside our network that they may name; else only public addresses are reached.',
    ),
    anyCertificateHosts: list([], 'Old mail servers whose certificate is believed whatever it says. Only these hosts.'),
    atOnce: count(4, 'Imports at work at once; each takes one connection and up to 50 MiB.', 1),
    octetsPerSecond: octets(0, 'Most that one import fetches a second; 0 for as fast as it goes.'),
    messageOctets: octets(100 * mebi, 'Largest message taken over; larger ones are told in the report.'),
  },
  openid: {
    insideServices: flag(
      false,
      'Services that people log in to with Pli may stand inside our network: they are told there when a session ends.',
    ),
  },
  session: {
    idle: duration('12h', 'A browser session nobody uses ends after this.'),
    absolute: duration('30d', 'A browser session ends after this in any case.'),
  },
  passwords: {
    atWork: count(4, 'Passwords verified at once: each takes a thread and 19 MiB for 50 ms.', 1),
    waiting: count(200, 'Logins that may wait for one of these; beyond, "too busy" is answered at once.', 1),
    key: path('', 'Key of 32 octets that NUMEN and codes are hashed with. Empty: access-key, made in the data folder.'),
  },
  log: {
    level: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info', 'How much the log says.'),
  },
};
