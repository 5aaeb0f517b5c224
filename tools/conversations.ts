/**
 * Plays a conversation against a whole server, over its real ports. Every name in it is somebody of their own: an
 * account made for this conversation alone (by a `given` line), a connection, or both; so conversations share one
 * server without meeting. A failure names the file's line and shows what was said before.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDifference, fillNames, matchLine, type Names } from './conversations/match.ts';
import { exchange, type HttpAnswer } from './conversations/http.ts';
import { readConversation, type Conversation, type Step } from './conversations/read.ts';
import { Wire } from './conversations/wire.ts';
import type { Lab, LabAccount, Ready } from './lab.ts';
import { listFiles, rootPath } from './source/files.ts';

/** What a fixture may use. */
export interface World {
  readonly lab: Lab;
  readonly ready: Ready;
  readonly names: Names;
  /** The account behind a name of the conversation, made at the first asking; its user name is unlike all others. */
  readonly account: (name: string) => Promise<LabAccount>;
}

/** One `given` sentence: what it looks like, and how to make it true. `parts` are the groups of the pattern. */
export interface Fixture {
  readonly says: RegExp;
  readonly prepare: (world: World, ...parts: readonly string[]) => Promise<void>;
}

/** @returns every conversation of the tree, by its path. */
export function listConversations(): readonly { readonly path: string; readonly conversation: Conversation }[] {
  const paths = listFiles('conversations', (path) => path.endsWith('.txt'));
  return paths.map((path) => ({ path, conversation: readConversation(readFileSync(join(rootPath, path), 'utf8')) }));
}

interface Stage {
  readonly world: World;
  readonly fixtures: readonly Fixture[];
  readonly wires: Map<string, Wire>;
  readonly answers: Map<string, HttpAnswer>;
  /** What was said and heard, for the message of a failure. */
  readonly transcript: string[];
}

/** @throws {Error} at the first step that does not go as written. */
export async function playConversation(
  path: string,
  conversation: Conversation,
  lab: Lab,
  ready: Ready,
  fixtures: readonly Fixture[],
): Promise<void> {
  const world = makeWorld(lab, ready);
  const stage: Stage = { world, fixtures, wires: new Map(), answers: new Map(), transcript: [] };
  try {
    for (const step of conversation.steps) {
      await playStep(stage, step).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`${path}:${step.line}: ${why}\n${stage.transcript.slice(-20).join('\n')}`, { cause: error });
      });
    }
  } finally {
    for (const wire of stage.wires.values()) wire.close();
  }
}

let accountsMade = 0;

function makeWorld(lab: Lab, ready: Ready): World {
  const names: Names = new Map([
    ['url', ready.url],
    ...Object.entries(ready.ports).map(([head, port]) => [`port.${head}`, String(port)] as const),
  ]);
  const accounts = new Map<string, Promise<LabAccount>>();
  const make = async (name: string): Promise<LabAccount> => {
    const account = await lab.addAccount(`${name}${process.pid}x${++accountsMade}`);
    const { userName, email, password } = account;
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const facts = {
      userName,
      email,
      password,
      plain: base64(`\0${userName}\0${password}`),
      basic: base64(`${userName}:${password}`),
    };
    for (const [fact, value] of Object.entries(facts)) names.set(`${name}.${fact}`, value);
    return account;
  };
  const account = (name: string): Promise<LabAccount> => accounts.getOrInsertComputed(name, make);
  return { lab, ready, names, account };
}

async function playStep(stage: Stage, step: Step): Promise<void> {
  const { names, ready } = stage.world;
  switch (step.kind) {
    case 'given':
      return await prepare(stage, fillNames(step.says, names));
    case 'connects': {
      const port = ready.ports[step.head];
      if (port === undefined) throw new Error(`the server has no port for ${step.head}`);
      stage.wires.get(step.who)?.close();
      stage.wires.set(step.who, await Wire.open(port, ['https', 'imaps', 'submissions'].includes(step.head)));
      return;
    }
    case 'startsTls':
      return await wireOf(stage, step.who).startTls();
    case 'closes':
      return wireOf(stage, step.who).close();
    case 'isClosed': {
      const line = await wireOf(stage, step.who).readLine();
      if (line !== undefined) throw new Error(`${step.who} is not closed, and hears: ${line}`);
      return;
    }
    case 'hearsNothing': {
      const noise = await wireOf(stage, step.who).readNoise();
      if (noise !== undefined) throw new Error(`${step.who} hears: ${noise}`);
      return;
    }
    case 'says':
      return say(
        stage,
        step.who,
        fillNames(step.text, names),
        step.literal === undefined ? undefined : fillNames(step.literal, names),
      );
    case 'writes':
      stage.transcript.push(`  ${step.who}>> ${JSON.stringify(step.octets)}`);
      return wireOf(stage, step.who).write(Buffer.from(fillNames(step.octets, names), 'latin1'));
    case 'hears':
      return await hear(stage, step.who, step.pattern, step.maySkip);
    case 'hearsAll':
      return await hearAll(stage, step.who, step.patterns);
    case 'asks':
      return await ask(stage, step);
    case 'isAnswered':
      return checkAnswer(stage, step);
  }
}

async function prepare(stage: Stage, sentence: string): Promise<void> {
  for (const { says, prepare: makeTrue } of stage.fixtures) {
    const found = says.exec(sentence);
    if (found) return await makeTrue(stage.world, ...found.slice(1));
  }
  throw new Error(`conversations/given.ts knows no fixture for: ${sentence}`);
}

/** With text before it a literal is IMAP's and ManageSieve's, non-synchronising (RFC 7888 §4); alone it is its lines. */
function say(stage: Stage, who: string, text: string, literal: string | undefined): void {
  const octets = Buffer.from(literal ?? '');
  stage.transcript.push(`  ${who}> ${text}${literal === undefined ? '' : ` (${octets.length} octets)`}`);
  if (literal === undefined) wireOf(stage, who).write(Buffer.from(`${text}\r\n`));
  else if (text === '') wireOf(stage, who).write(octets);
  else
    wireOf(stage, who).write(
      Buffer.concat([Buffer.from(`${text} {${octets.length}+}\r\n`), octets, Buffer.from('\r\n')]),
    );
}

async function hear(stage: Stage, who: string, pattern: string, maySkip: boolean): Promise<void> {
  for (;;) {
    const line = await nextLine(stage, who, pattern);
    if (matchLine(pattern, line, stage.world.names)) return;
    if (!maySkip) throw new Error(`${who} expected: ${fillNames(pattern, stage.world.names)}\nbut heard: ${line}`);
  }
}

async function hearAll(stage: Stage, who: string, patterns: readonly string[]): Promise<void> {
  const missing = [...patterns];
  while (missing.length > 0) {
    const line = await nextLine(stage, who, missing.join(' | '));
    const at = missing.findIndex((pattern) => matchLine(pattern, line, stage.world.names));
    if (at < 0) throw new Error(`${who} expected one of:\n${missing.join('\n')}\nbut heard: ${line}`);
    missing.splice(at, 1);
  }
}

async function nextLine(stage: Stage, who: string, awaited: string): Promise<string> {
  const line = await wireOf(stage, who)
    .readLine()
    .catch((error: unknown) => {
      throw new Error(`${who} waits for: ${awaited}`, { cause: error });
    });
  if (line === undefined) throw new Error(`${who} was closed while waiting for: ${awaited}`);
  stage.transcript.push(`  ${who}< ${line}`);
  return line;
}

async function ask(stage: Stage, step: Extract<Step, { kind: 'asks' }>): Promise<void> {
  const { names, ready } = stage.world;
  const headers = new Map(step.headers.map(([name, value]) => [name, fillNames(value, names)]));
  const basic = names.get(`${step.who}.basic`);
  if (basic !== undefined && !headers.has('authorization')) headers.set('authorization', `Basic ${basic}`);
  if (headers.get('authorization') === 'none') headers.delete('authorization');
  if (step.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const url = new URL(fillNames(step.path, names), ready.url);
  stage.transcript.push(`  ${step.who} ${step.method} ${url.pathname}`);
  const body = step.body === undefined ? undefined : fillNames(step.body, names);
  stage.answers.set(step.who, await exchange(url, step.method, Object.fromEntries(headers), body));
}

function checkAnswer(stage: Stage, step: Extract<Step, { kind: 'isAnswered' }>): void {
  const answer = stage.answers.get(step.who);
  const { names } = stage.world;
  if (!answer) throw new Error(`${step.who} has asked nothing`);
  stage.transcript.push(`  ${step.who}< HTTP ${answer.status} ${answer.body.slice(0, 2000)}`);
  if (answer.status !== step.status) throw new Error(`the answer is HTTP ${answer.status}, not ${step.status}`);
  for (const [name, pattern] of step.headers) {
    const value = answer.headers.get(name);
    if (pattern === '(absent)' ? value !== undefined : value === undefined || !matchLine(pattern, value, names)) {
      throw new Error(`the header ${name} is ${value ?? 'absent'}, not ${pattern}`);
    }
  }
  if (step.body === undefined) return;
  const isJson = /^[{[]/.test(step.body);
  const difference = isJson
    ? findDifference(JSON.parse(step.body), JSON.parse(answer.body), names)
    : matchLine(step.body.replace(/\r\n$/, ''), answer.body, names)
      ? undefined
      : 'the body differs';
  if (difference !== undefined) throw new Error(difference);
}

function wireOf(stage: Stage, who: string): Wire {
  const wire = stage.wires.get(who);
  if (!wire) throw new Error(`${who} has no connection: write "${who} connects imap" first`);
  return wire;
}
