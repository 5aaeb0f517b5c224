/**
 * One session with one host as its client (RFC 5321 §3): hello, STARTTLS, login, then the message to all its recipients,
 * pipelined where offered (RFC 2920). Says what was answered to whom at which stage; what that means is verdict.ts's.
 */
import { domainToASCII } from 'node:url';

import { printXtext } from '#formats/smtp/xtext.ts';
import type { NotifyWhen, OriginalRecipient } from '#formats/smtp/parameters.ts';
import type { Reply } from '#formats/smtp/reply.ts';

import { Broken, Channel, type TlsWishes } from './channel.ts';
import type { Stage } from './verdict.ts';
import { isEightBit, printData } from './wire.ts';

export interface OutgoingRecipient {
  readonly address: string;
  readonly notify: readonly NotifyWhen[] | undefined;
  readonly orcpt: OriginalRecipient | undefined;
}

export interface OutgoingMail {
  /** Empty for the null sender. */
  readonly mailFrom: string;
  readonly ret: 'FULL' | 'HDRS' | undefined;
  readonly envid: string | undefined;
  /** Signed, lines ending in CR LF. */
  readonly octets: Uint8Array;
}

export interface Host {
  readonly address: string;
  readonly port: number;
  readonly helloName: string;
  /** `implicit`: from the first octet; `required`: STARTTLS or nothing; `offered`: where there is STARTTLS; `off`. */
  readonly tlsMode: 'implicit' | 'required' | 'offered' | 'off';
  readonly tls: TlsWishes;
  readonly login: { readonly userName: string; readonly password: string } | undefined;
  readonly timeouts: Timeouts;
}

/** Milliseconds (RFC 5321 §4.5.3.2). */
export interface Timeouts {
  readonly connectMs: number;
  readonly commandMs: number;
  readonly endOfDataMs: number;
}

export interface Answer {
  readonly stage: Stage;
  readonly reply: Reply;
}

export type SessionResult =
  /** Nothing was said about the message: another host may be tried. */
  | { readonly kind: 'hostFailed'; readonly because: string; readonly answer: Answer | undefined }
  /** STARTTLS was offered and did not come about. */
  | { readonly kind: 'tlsFailed'; readonly because: string }
  | { readonly kind: 'answered'; readonly answers: ReadonlyMap<string, Answer>; readonly passesDsn: boolean };

/** Recipients of one transaction: what every server must take (RFC 5321 §4.5.3.1.8). */
const RECIPIENTS_AT_ONCE = 100;

export async function runSession(
  host: Host,
  mail: OutgoingMail,
  recipients: readonly OutgoingRecipient[],
): Promise<SessionResult> {
  let channel: Channel | undefined;
  const answers = new Map<string, Answer>();
  let passesDsn = false;
  try {
    channel = await Channel.open({
      address: host.address,
      port: host.port,
      isTlsImplicit: host.tlsMode === 'implicit',
      tls: host.tls,
      connectTimeoutMs: host.timeouts.connectMs,
    });
    const ready = await greet(channel, host);
    if (ready.kind !== 'ready') return ready;
    passesDsn = ready.extensions.has('DSN');
    for (let from = 0; from < recipients.length; from += RECIPIENTS_AT_ONCE) {
      const some = recipients.slice(from, from + RECIPIENTS_AT_ONCE);
      await sendTo({ channel, host, extensions: ready.extensions }, mail, some, answers);
      if ([...answers.values()].some(({ reply }) => reply.code === 421)) break;
    }
    channel.quit();
  } catch (error) {
    channel?.close();
    if (!(error instanceof Broken)) throw error;
    if (answers.size === 0) return { kind: 'hostFailed', because: error.message, answer: undefined };
  }
  return { kind: 'answered', answers, passesDsn };
}

type Extensions = ReadonlyMap<string, string>;
type Greeted =
  | { readonly kind: 'ready'; readonly extensions: Extensions }
  | Extract<SessionResult, { kind: 'hostFailed' | 'tlsFailed' }>;

async function greet(channel: Channel, host: Host): Promise<Greeted> {
  const { commandMs } = host.timeouts;
  const greeting = await channel.read(commandMs);
  if (greeting.code !== 220) return refused(channel, 'greeting', greeting);
  const hello = await sayHello(channel, host);
  if (hello.kind !== 'ready') return hello;
  const isOffered = hello.extensions.has('STARTTLS');
  const isWanted = host.tlsMode === 'required' || (host.tlsMode === 'offered' && isOffered);
  if (!isWanted) return login(channel, host, hello);
  if (!isOffered) {
    channel.quit();
    return { kind: 'hostFailed', because: 'it offers no TLS, which is required here', answer: undefined };
  }
  try {
    channel.write('STARTTLS\r\n');
    const reply = await channel.read(commandMs);
    if (reply.code !== 220) throw new Broken(`STARTTLS: ${reply.code}`);
    await channel.secure(host.tls, host.timeouts.connectMs);
  } catch (error) {
    channel.close();
    if (error instanceof Broken) return { kind: 'tlsFailed', because: error.message };
    throw error;
  }
  const secured = await sayHello(channel, host);
  return secured.kind === 'ready' ? login(channel, host, secured) : secured;
}

async function sayHello(channel: Channel, { helloName, timeouts }: Host): Promise<Greeted> {
  channel.write(`EHLO ${helloName}\r\n`);
  const reply = await channel.read(timeouts.commandMs);
  if (reply.code === 250) return { kind: 'ready', extensions: readExtensions(reply) };
  if (reply.code < 500) return refused(channel, 'hello', reply);
  channel.write(`HELO ${helloName}\r\n`);
  const old = await channel.read(timeouts.commandMs);
  return old.code === 250 ? { kind: 'ready', extensions: new Map() } : refused(channel, 'hello', old);
}

function readExtensions({ lines }: Reply): Extensions {
  const pairs = lines.slice(1).map((line): [string, string] => {
    const [keyword = '', ...values] = line.trim().split(/[ =]+/);
    return [keyword.toUpperCase(), values.join(' ').toUpperCase()];
  });
  return new Map(pairs);
}

/** A smarthost may ask for one; PLAIN where offered, else LOGIN. Never in clear text but to this machine. */
async function login(channel: Channel, host: Host, ready: Greeted & { readonly kind: 'ready' }): Promise<Greeted> {
  if (!host.login) return ready;
  if (channel.tls === undefined && !/^(?:127\.|::1$)/.test(host.address)) {
    channel.quit();
    return { kind: 'hostFailed', because: 'no password is sent without TLS', answer: undefined };
  }
  const { userName, password } = host.login;
  const { commandMs } = host.timeouts;
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  const isPlain = (ready.extensions.get('AUTH') ?? 'PLAIN').split(' ').includes('PLAIN');
  const lines = isPlain
    ? [`AUTH PLAIN ${base64(`\0${userName}\0${password}`)}`]
    : ['AUTH LOGIN', base64(userName), base64(password)];
  let reply: Reply | undefined;
  for (const line of lines) {
    channel.write(`${line}\r\n`);
    reply = await channel.read(commandMs);
    if (reply.code >= 400) break;
  }
  return reply?.code === 235 ? ready : refused(channel, 'auth', reply ?? { code: 535, enhanced: undefined, lines: [] });
}

function refused(channel: Channel, stage: Stage, reply: Reply): Greeted {
  channel.quit();
  return { kind: 'hostFailed', because: `${reply.code} ${reply.lines.join(' ')}`, answer: { stage, reply } };
}

interface Session {
  readonly channel: Channel;
  readonly host: Host;
  readonly extensions: Extensions;
}

/** One transaction. Fills in an answer for each recipient the host said something about. */
async function sendTo(
  session: Session,
  mail: OutgoingMail,
  recipients: readonly OutgoingRecipient[],
  answers: Map<string, Answer>,
): Promise<void> {
  const { channel, extensions } = session;
  const { commandMs, endOfDataMs } = session.host.timeouts;
  const all = (answer: Answer): void => {
    for (const { address } of recipients) answers.set(address, answer);
  };
  const unfit = findUnfit(extensions, mail, recipients);
  if (unfit) return all({ stage: 'message', reply: unfit });
  const commands = [
    printMail(extensions, mail, recipients),
    ...recipients.map((recipient) => printRcpt(extensions, recipient)),
  ];
  const replies: Reply[] = [];
  if (extensions.has('PIPELINING')) {
    channel.write(commands.join(''));
    while (replies.length < commands.length) replies.push(await channel.read(commandMs));
  } else {
    for (const command of commands) {
      channel.write(command);
      const reply = await channel.read(commandMs);
      replies.push(reply);
      if (replies.length === 1 && reply.code >= 400) break;
    }
  }
  const [mailReply, ...rcptReplies] = replies;
  if (!mailReply || mailReply.code >= 300) {
    all({ stage: 'mail', reply: mailReply ?? { code: 451, enhanced: undefined, lines: ['no reply to MAIL'] } });
    return reset(channel, commandMs);
  }
  const taken: OutgoingRecipient[] = [];
  for (const [index, recipient] of recipients.entries()) {
    const reply = rcptReplies[index];
    if (reply && reply.code < 300) taken.push(recipient);
    else if (reply) answers.set(recipient.address, { stage: 'rcpt', reply });
  }
  if (taken.length === 0) return reset(channel, commandMs);
  channel.write('DATA\r\n');
  const go = await channel.read(commandMs);
  if (go.code !== 354) {
    for (const { address } of taken) answers.set(address, { stage: 'data', reply: go });
    return reset(channel, commandMs);
  }
  channel.write(printData(mail.octets));
  const end = await channel.read(endOfDataMs);
  for (const { address } of taken) answers.set(address, { stage: 'message', reply: end });
}

async function reset(channel: Channel, timeoutMs: number): Promise<void> {
  channel.write('RSET\r\n');
  await channel.read(timeoutMs);
}

/** What no host without the extension can be given; said as it would say it. */
function findUnfit(
  extensions: Extensions,
  mail: OutgoingMail,
  recipients: readonly OutgoingRecipient[],
): Reply | undefined {
  const most = Number(extensions.get('SIZE') ?? 0);
  if (most > 0 && mail.octets.length > most)
    return { code: 552, enhanced: '5.3.4', lines: [`${mail.octets.length} octets; the most here is ${most}`] };
  if (needsUtf8(mail, recipients) && !extensions.has('SMTPUTF8'))
    return { code: 553, enhanced: '5.6.7', lines: ['an address beyond ASCII, which this server cannot take'] };
  return undefined;
}

function needsUtf8({ mailFrom }: OutgoingMail, recipients: readonly OutgoingRecipient[]): boolean {
  return [mailFrom, ...recipients.map(({ address }) => address)].some((address) => isInternational(onWire(address)));
}

/** A domain of any script has an ASCII form that every server knows; a local part has none. */
function onWire(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (!isInternational(address) || isInternational(local)) return address;
  return `${local}@${domainToASCII(address.slice(at + 1)) || address.slice(at + 1)}`;
}

function isInternational(text: string): boolean {
  return /[\u0080-\u{10ffff}]/u.test(text);
}

function printMail(extensions: Extensions, mail: OutgoingMail, recipients: readonly OutgoingRecipient[]): string {
  const { mailFrom, ret, envid, octets } = mail;
  const words = [`MAIL FROM:<${onWire(mailFrom)}>`];
  if (extensions.has('SIZE')) words.push(`SIZE=${octets.length}`);
  if (extensions.has('8BITMIME') && isEightBit(octets)) words.push('BODY=8BITMIME');
  if (needsUtf8(mail, recipients)) words.push('SMTPUTF8');
  if (extensions.has('DSN')) {
    if (ret !== undefined) words.push(`RET=${ret}`);
    if (envid !== undefined) words.push(`ENVID=${printXtext(envid)}`);
  }
  return `${words.join(' ')}\r\n`;
}

function printRcpt(extensions: Extensions, { address, notify, orcpt }: OutgoingRecipient): string {
  const words = [`RCPT TO:<${onWire(address)}>`];
  if (extensions.has('DSN')) {
    if (notify !== undefined) words.push(`NOTIFY=${notify.length === 0 ? 'NEVER' : notify.join(',').toUpperCase()}`);
    if (orcpt !== undefined) words.push(`ORCPT=${orcpt.addressType};${printXtext(orcpt.address)}`);
  }
  return `${words.join(' ')}\r\n`;
}
