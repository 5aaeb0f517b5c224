/** `vacation` (RFC 5230, RFC 6131): one answer, to the envelope sender, if manners allow it. Having answered lately is the shell's to know. */
import { planAction } from './actions.ts';
import { readSieveAddress } from './address.ts';
import type { Bound } from './bind.ts';
import { scriptFault, type Compilation } from './compilation.ts';
import { fccOf } from './destination.ts';
import { checkManners } from './manners.ts';
import { runFault, type RunCommand } from './run.ts';

const DAY_SECONDS = 86_400;
const DEFAULT_DAYS = 7;
/** RFC 5230 §4.1 asks for 30 days at least. */
const MAX_DAYS = 365;

export function compileVacation(bound: Bound, compilation: Compilation): RunCommand {
  const [subject, from, handle] = ['subject', 'from', 'handle'].map((tag) => bound.optionalText(tag));
  const sender = from?.constant ?? null;
  if (sender !== null && readSieveAddress(sender) === null)
    throw scriptFault(compilation, bound.span('from'), { code: 'badAddress', address: sender });
  const addresses = bound.texts('addresses');
  const reason = bound.text('reason');
  const isMime = bound.has('mime');
  const seconds = secondsOf(bound);
  const fcc = fccOf(bound);
  return (run) => {
    // RFC 5230 §4.7: answering twice is an error, not a second answer.
    if (run.hasVacation) throw runFault(run, { code: 'conflictingActions', name: 'vacation', other: 'vacation' });
    run.hasVacation = true;
    const { input } = run;
    const own = addresses.map((text) => text.get(run));
    const text = reason.get(run);
    const manners = checkManners(input, own);
    if (manners.kind === 'withheld') {
      run.withheld.push({ kind: 'vacation', line: run.line, why: manners.why });
      run.note = manners.why;
      return 'next';
    }
    const written = { subject: subject?.get(run) ?? null, from: from?.get(run) ?? null };
    if (written.from !== null && readSieveAddress(written.from) === null)
      throw runFault(run, { code: 'badRunValue', name: ':from', value: written.from.slice(0, 200) });
    const field = (name: string): string => input.message.fieldsNamed(name)[0]?.text ?? '';
    const messageId = field('message-id');
    planAction(run, {
      kind: 'vacation',
      line: run.line,
      to: input.envelope.from,
      handle: handle?.get(run) ?? hashOf(JSON.stringify([text, written, isMime, own])),
      from: written.from ?? manners.address,
      subject: written.subject,
      originalSubject: field('subject'),
      reason: text,
      isMime,
      seconds,
      inReplyTo: messageId,
      references: [field('references') || field('in-reply-to'), messageId].filter((ids) => ids !== '').join(' '),
      fcc: fcc(run),
    });
    return 'next';
  };
}

function secondsOf(bound: Bound): number {
  const seconds = bound.number('seconds');
  if (seconds !== null) return Math.min(seconds, MAX_DAYS * DAY_SECONDS);
  return Math.min(Math.max(bound.number('days') ?? DEFAULT_DAYS, 1), MAX_DAYS) * DAY_SECONDS;
}

/** Two answers that differ shall nearly surely have different handles; nothing but a reminder hangs on it. */
function hashOf(text: string): string {
  let [low, high] = [0x811c9dc5, 0x1b873593];
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(at), 0x85ebca6b) ^ (low >>> 13);
  }
  return `#${(low >>> 0).toString(16).padStart(8, '0')}${(high >>> 0).toString(16).padStart(8, '0')}`;
}
