/**
 * Hostile scripts, and hostile messages under good ones. Each property runs from a seed: `node fuzz/sieve.ts [seed] [runs]` plays more than the
 * tests do; a script that found something becomes a row of a table.
 */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { parseMessage } from '#formats/message/parse.ts';
import { compileSieve } from '#formats/sieve/compile.ts';
import { SieveError } from '#formats/sieve/error.ts';
import { sieveErrorText } from '#formats/sieve/error-text.ts';
import { evaluate } from '#formats/sieve/evaluate.ts';
import { sieveMessage } from '#formats/sieve/message.ts';
import { printSieve } from '#formats/sieve/print.ts';
import { readSieve } from '#formats/sieve/read.ts';
import type { Outcome, Script, SieveInput } from '#formats/sieve/types.ts';
import { allCapabilities, commandUsages, testUsages } from '#formats/sieve/usage.ts';
import { nextMessage, seededRandom } from './message.ts';
import { messageSeeds } from './messageseeds.ts';

export interface Runs {
  readonly seed: number;
  readonly numRuns: number;
}

/** A run that takes longer holds the thread. */
const MOST_MS = 4_000;

const names = [...commandUsages.keys(), ...testUsages.keys()];
const tags = [...new Set([...commandUsages.values(), ...testUsages.values()].flatMap(({ tags }) => Object.keys(tags)))];
const strings =
  'subject|from|to|*|?*|a@b.fr|mailto:a@b.fr|${1}|${x}|${global.g}|x|(a*)*b|[a-z]+|text|year|i;octet|\\\\Seen|${unicode:e9}|gt|1|é😀|-'.split(
    '|',
  );
const marks = Array.from(';{}()[],"\\:#/*.\r\n\0é').concat('/*', '*/', 'text:\r\n', '\r\n.\r\n', '12', '3K', '99G');

const token = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...names) },
  { weight: 4, arbitrary: fc.constantFrom(...tags).map((tag) => `:${tag}`) },
  { weight: 5, arbitrary: fc.constantFrom(...strings).map((text) => `"${text}"`) },
  { weight: 4, arbitrary: fc.constantFrom(...marks) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const noise = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(' '));

/** Any text is a tree or a fault with a place in it; a tree is printed as a script that reads back and prints the same. */
export function readerHolds(runs: Runs): void {
  fc.assert(
    fc.property(fc.oneof(noise, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
      try {
        const printed = printSieve(readSieve(text));
        assert.equal(printSieve(readSieve(printed)), printed);
      } catch (error) {
        checkFault(error, text);
      }
    }),
    runs,
  );
}

function checkFault(error: unknown, text: string): void {
  assert.ok(error instanceof SieveError, String(error));
  assert.ok(error.line >= 1 && error.line <= text.split('\n').length && error.column >= 1, text);
  for (const language of ['fr', 'en'] as const) assert.ok(sieveErrorText(error, language).length < 600);
}

/** Scripts that mostly compile: each command and test by its own usage. */
const text = fc.constantFrom(...strings).map((value) => `"${value}"`);
const list = fc.oneof(
  text,
  fc.array(text, { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(',')}]`),
);
const valueOf = (kind: string): fc.Arbitrary<string> =>
  kind === 'number' ? fc.constantFrom('0', '1', '2', '3K') : kind === 'strings' ? list : text;

const headOf = (name: string): fc.Arbitrary<string> => {
  const usage = commandUsages.get(name) ?? testUsages.get(name);
  if (usage === undefined) return fc.constant(name);
  const options = Object.entries(usage.tags).map(([tag, { value }]) =>
    fc.option(value === null ? fc.constant(`:${tag}`) : valueOf(value).map((given) => `:${tag} ${given}`), { freq: 6 }),
  );
  const positional = usage.positional.map(({ kind }) => valueOf(kind));
  return fc
    .tuple(fc.tuple(...options), fc.tuple(...positional))
    .map(([some, all]) => [name, ...some.filter((one) => one !== null), ...all].join(' '));
};

const leafTest = fc
  .constantFrom(...testUsages.keys())
  .filter((name) => testUsages.get(name)?.tests === 'none')
  .chain(headOf);
const condition = fc.oneof(
  { weight: 4, arbitrary: leafTest },
  { weight: 1, arbitrary: leafTest.map((one) => `not ${one}`) },
  { weight: 1, arbitrary: fc.array(leafTest, { minLength: 1, maxLength: 3 }).map((all) => `anyof (${all.join(',')})`) },
);
const plain = fc
  .constantFrom(...commandUsages.keys())
  .filter((name) => !['require', 'if', 'elsif', 'else', 'foreverypart'].includes(name))
  .chain(headOf)
  .map((head) => `${head};`);
const command = fc.oneof(
  { weight: 3, arbitrary: plain },
  {
    weight: 2,
    arbitrary: fc.tuple(condition, plain, plain).map(([test, yes, no]) => `if ${test} { ${yes} } else { ${no} }`),
  },
  { weight: 1, arbitrary: fc.array(plain, { maxLength: 3 }).map((block) => `foreverypart { ${block.join(' ')} }`) },
);

const required = `require [${allCapabilities.map((capability) => `"${capability}"`).join(',')}];\n`;
const seeds = [...messageSeeds().values()];

function compiled(script: string): Script | null {
  try {
    return compileSieve(script);
  } catch (error) {
    checkFault(error, script);
    return null;
  }
}

/** Commands are tried one by one, so that a fault in one does not hide the others. */
const scripts = fc
  .array(command, { minLength: 1, maxLength: 8 })
  .map((commands) => required + commands.filter((one) => compiled(required + one) !== null).join('\n'));

/** Whatever a script does to whatever message: it ends, in time, and again with the same outcome. */
export function runHolds(runs: Runs): void {
  const inner = compileSieve('require ["include","variables"]; global "g"; set "g" "x${g}"; return;');
  fc.assert(
    fc.property(scripts, fc.nat(), fc.boolean(), (source, seed, answer) => {
      const script = compiled(source);
      if (script === null) return;
      const octets = nextMessage(seededRandom(seed), seeds);
      const input: SieveInput = {
        message: sieveMessage(octets, parseMessage(octets)),
        envelope: { from: 'a@b.fr', to: 'c@d.fr', auth: null },
        environment: { name: 'Pli' },
        nowMs: seed,
        timeZone: 'Europe/Paris',
        spamPercent: answer ? null : seed % 100,
        virus: 0,
        ownAddresses: ['c@d.fr'],
        world: {
          mailboxExists: () => answer,
          specialUseExists: () => answer,
          mailboxMetadata: () => (answer ? 'x' : null),
          serverMetadata: () => (answer ? 'x' : null),
          duplicateSeen: () => answer,
          include: () => (answer ? inner : 'missing'),
          listExists: () => answer,
          listContains: () => (seed % 3 === 0 ? undefined : answer),
        },
        wantsSteps: answer,
      };
      const started = performance.now();
      const outcome = evaluate(script, input);
      assert.ok(performance.now() - started < MOST_MS, source);
      checkOutcome(outcome);
      assert.deepEqual(evaluate(script, input), outcome);
    }),
    runs,
  );
}

function checkOutcome(outcome: Outcome): void {
  if (outcome.kind === 'unanswered') {
    assert.ok(outcome.questions.length > 0);
    return;
  }
  const { actions, error } = outcome;
  // Mail is never lost: what is not kept, filed, sent on or refused was discarded by name.
  assert.ok(actions.some(({ kind }) => kind !== 'vacation' && kind !== 'notify'));
  if (error !== null) {
    assert.deepEqual(
      actions.map(({ kind }) => kind),
      ['keep'],
    );
    assert.ok(sieveErrorText(error, 'fr') !== '');
  }
  for (const action of actions) {
    if ('edited' in action && action.edited !== null) {
      const { structure } = parseMessage(action.edited);
      assert.equal(structure.bodyEnd, action.edited.length);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const runs = { seed: Number(process.argv[2] ?? Date.now() % 1_000_000), numRuns: Number(process.argv[3] ?? 10_000) };
  console.log(`seed ${runs.seed}, ${runs.numRuns} runs`);
  readerHolds(runs);
  runHolds(runs);
}
