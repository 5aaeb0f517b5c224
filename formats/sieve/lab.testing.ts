/** A bench for tests: a script and a message in, and what is done with it as short text, so that a test is a row of a table. */
import { parseMessage } from '#formats/message/parse.ts';
import { questionKey } from './answers.ts';
import { compileSieve, type CompileOptions } from './compile.ts';
import { emptyWorld } from './empty-world.ts';
import { SieveError } from './error.ts';
import { evaluate } from './evaluate.ts';
import { sieveMessage } from './message.ts';
import type { Action, Destination, Finished, Outcome, Question, SieveInput, World } from './types.ts';

export const LETTER = [
  'Return-Path: <jean+liste@example.org>',
  'Received: from mx.example.org by mx.example.fr; Sun, 22 Nov 2026 08:31:00 +0100',
  'Received: from home by mx.example.org; Sun, 22 Nov 2026 07:30:30 +0000',
  'From: Jean Dupont <jean+liste@example.org>',
  'To: claire@example.fr, "Marc, chef" <marc@autre.example>',
  'Cc: paul+ecole@example.fr',
  'Subject: =?utf-8?Q?R=C3=A9union_du?= conseil',
  'Date: Sun, 22 Nov 2026 08:30:00 +0100',
  'Message-ID: <1@example.org>',
  'X-Prio: 3',
  'X-Empty:',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Bonjour Claire,',
  'la réunion est demain.',
  '',
].join('\n');

export interface Played {
  readonly message?: string;
  readonly input?: Partial<SieveInput>;
  readonly world?: Partial<World>;
  readonly options?: CompileOptions;
}

export function octetsOf(text: string): Uint8Array {
  return new TextEncoder().encode(text.replace(/\r?\n/g, '\r\n'));
}

export function inputOf({ message = LETTER, input = {}, world = {} }: Played = {}): SieveInput {
  const octets = octetsOf(message);
  return {
    message: sieveMessage(octets, parseMessage(octets)),
    envelope: { from: 'jean+liste@example.org', to: 'claire@example.fr', auth: null },
    environment: { domain: 'example.fr', name: 'Pli' },
    nowMs: Date.UTC(2026, 10, 22, 9, 5, 7),
    timeZone: 'Europe/Paris',
    spamPercent: null,
    virus: 0,
    ownAddresses: ['claire@example.fr', 'secretariat@example.fr'],
    world: { ...emptyWorld, ...world },
    ...input,
  };
}

/** The script's outcome; `require` lines are put before it from a list in braces: `{fileinto copy} keep;`. */
export function playOutcome(script: string, played: Played = {}): Outcome {
  return evaluate(compileSieve(expandRequire(script), played.options), inputOf(played));
}

export function play(script: string, played: Played = {}): Finished {
  const outcome = playOutcome(script, played);
  if (outcome.kind === 'unanswered') throw new Error(`unanswered: ${questionKey(outcome.questions[0] ?? NO_QUESTION)}`);
  return outcome;
}

const NO_QUESTION: Question = { kind: 'listExists', list: '' };

/** Actions as text, `; ` between them; `error code` where the run failed. */
export function told(script: string, played: Played = {}): string {
  const { actions, error } = play(script, played);
  return error === null ? actions.map(tellAction).join('; ') : `error ${error.code}`;
}

/** `code line:column` of the fault a script has, or null. */
export function faultOf(script: string, options: CompileOptions = {}): string | null {
  try {
    compileSieve(expandRequire(script), options);
    return null;
  } catch (error) {
    if (!(error instanceof SieveError)) throw error;
    return `${error.code} ${error.line}:${error.column}`;
  }
}

/** Keeps the line: columns after it are those of the script without the list. */
function expandRequire(script: string): string {
  const found = /^\{([^}]*)\}\s*/.exec(script);
  if (found === null) return script;
  const names = (found[1] ?? '').split(' ').map((name) => `"${name}"`);
  return `require [${names.join(',')}];\n${script.slice(found[0].length)}`;
}

function tellAction(action: Action): string {
  switch (action.kind) {
    case 'keep':
      return [action.isImplicit ? 'implicit' : 'keep', ...action.flags].join(' ');
    case 'fileinto':
      return [action.isCopy ? 'copyinto' : 'fileinto', ...tellPlace(action)].join(' ');
    case 'redirect':
      return `redirect ${action.isCopy ? 'copy ' : ''}${action.to.kind === 'address' ? action.to.address : `list ${action.to.list}`}`;
    case 'reject':
    case 'ereject':
      return `${action.kind} ${action.reason}`;
    case 'discard':
      return 'discard';
    case 'vacation':
      return `vacation ${action.to} ${action.from} ${action.seconds}`;
    case 'notify':
      return `notify ${action.to.join(',')} ${action.importance}`;
  }
}

function tellPlace({ mailbox, mailboxId, specialUse, create, flags }: Destination): string[] {
  return [
    mailbox,
    ...(mailboxId === null ? [] : [`#${mailboxId}`]),
    ...(specialUse === null ? [] : [specialUse]),
    ...(create ? ['+'] : []),
    ...flags,
  ];
}

/** `yes` where a test holds, else `no`; or the error. */
export function holds(test: string, played: Played = {}): string {
  const at = test.startsWith('{') ? test.indexOf('}') + 1 : 0;
  const answer = told(`${test.slice(0, at)} if ${test.slice(at)} { discard; }`, played);
  return answer === 'discard' ? 'yes' : answer === 'implicit' ? 'no' : answer;
}

/** An edited message as text, LF line ends. */
export function editedText(script: string, played: Played = {}): string {
  const { actions, error } = play(script, played);
  if (error !== null) return `error ${error.code}`;
  const octets = actions.map((action) => ('edited' in action ? action.edited : null)).findLast((one) => one !== null);
  return octets === undefined || octets === null
    ? 'as it came'
    : new TextDecoder().decode(octets).replaceAll('\r\n', '\n');
}
