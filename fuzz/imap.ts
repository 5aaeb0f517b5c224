/**
 * Hostile input for the readers and printers of IMAP, and for its threads. Each property runs from a seed: `node fuzz/imap.ts [seed] [runs]` plays more than the tests do; a seed
 * that found something becomes a row of a table.
 */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { BadSyntax } from '#formats/imap/bad-syntax.ts';
import { openCursor } from '#formats/imap/cursor.ts';
import { literalAhead } from '#formats/imap/literal.ts';
import { matchesBelow, matchesPattern } from '#formats/imap/mailbox-pattern.ts';
import { printMailbox, readMailbox } from '#formats/imap/mailbox.ts';
import { printStoredEnvelope } from '#formats/imap/print-envelope.ts';
import { printStoredStructure } from '#formats/imap/print-structure.ts';
import { readCommand } from '#formats/imap/read.ts';
import {
  indicesOfUids,
  isInRanges,
  printRanges,
  rangesOf,
  readSequenceSet,
  resolveSet,
} from '#formats/imap/sequence-set.ts';
import { printAstring, printString, readText } from '#formats/imap/string.ts';
import { printStructure } from '#formats/message/pack.ts';
import { parseMessage } from '#formats/message/parse.ts';
import { addKeys, emptyKeys } from '#server/mail/view/search/keys.ts';
import { linkReferences } from '#server/mail/view/search/references.ts';
import type { Thread } from '#server/mail/view/search/thread.ts';
import { nextMessage, seededRandom } from './message.ts';
import { messageSeeds } from './messageseeds.ts';

export interface Runs {
  readonly seed: number;
  readonly numRuns: number;
}

const names =
  'FETCH|UID FETCH|STORE|SEARCH|UID SEARCH|ESEARCH|SORT|UID SORT|THREAD|LIST|LSUB|STATUS|APPEND|SELECT|CREATE|ID|LOGIN|AUTHENTICATE|ENABLE|NOTIFY SET|GETMETADATA|SETMETADATA|SETQUOTA|SETACL|COPY|MOVE'.split(
    '|',
  );
const marks = Array.from(' ()[]<>{}"\\*%$:,.+-~/\r\n\0\xff\xc3\xa9&=');
const words =
  'INBOX|1:*|1,3|RETURN|MIN|ALL|PARTIAL|SAVE|IN|CHARSET|UTF-8|NOT|OR|SINCE|1-Feb-1994|HEADER|SUBJECT|{3}\r\nabc|{3+}\r\n|~{1}\r\nx|BODY|BODY.PEEK|HEADER.FIELDS|MIME|BINARY|FLAGS|.SILENT|\\Seen|NIL|CONDSTORE|QRESYNC|UNCHANGEDSINCE|CHANGEDSINCE|VANISHED|CATENATE|TEXT|URL|UTF8|USE|STATUS|selected|MessageNew|MAXSIZE|/private/comment|REFERENCES|REVERSE|DATE|" 1-Jan-2026 00:30:00 +0100"|99999999999|MODSEQ'.split(
    '|',
  );
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...names), sentence(' ')).map(([name, rest]) => `a ${name} ${rest}`),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...names), sentence('')).map(([name, rest]) => `a ${name} ${rest}`),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets).toString('latin1')) },
);

function sentence(separator: string): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...words, ...words, ...marks, ...names), { maxLength: 20 })
    .map((parts) => parts.join(separator));
}

/** A command is read or refused with an offset within it, never anything else. */
export function readersHold(runs: Runs): void {
  fc.assert(
    fc.property(line, fc.boolean(), (text, isUtf8) => {
      literalAhead(text);
      try {
        const { tag } = readCommand(text, { isUtf8, aside: [text.length] });
        assert.ok(text.startsWith(tag));
      } catch (error) {
        assert.ok(error instanceof BadSyntax, String(error));
        assert.ok(error.offset >= 0 && error.offset <= text.length, `${error.offset}`);
        assert.ok(error.tag === undefined || text.startsWith(error.tag));
      }
    }),
    runs,
  );
}

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...Array.from('aZ &-/"\\{}%*é台😀\r\n\t,+')),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  maxLength: 40,
});

/** Strings and names survive printing and reading, in octets, and in either encoding of names. */
export function stringsHold(runs: Runs): void {
  fc.assert(
    fc.property(text, fc.boolean(), (value, isUtf8) => {
      const known = value.replaceAll('\0', '');
      for (const printed of [printString(known, isUtf8), printAstring(known, isUtf8)]) {
        assert.ok(/^[\0-\xff]*$/.test(printed));
        const cursor = openCursor(printed);
        assert.equal(readText(cursor), known.toWellFormed());
        assert.equal(cursor.offset, printed.length);
      }
      const name = known.toWellFormed().normalize('NFC');
      const cursor = openCursor(printMailbox(name, isUtf8), [], isUtf8);
      assert.equal(readMailbox(cursor), /^inbox$/i.test(name) ? 'INBOX' : name);
    }),
    runs,
  );
}

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '%', '*', '%'), maxLength: 8 });
const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });

/** Patterns fit what the obvious way says. */
export function patternsHold(runs: Runs): void {
  fc.assert(
    fc.property(pattern, name, name, (wild, path, below) => {
      const slow = new RegExp(`^${wild.replaceAll('*', '.*').replaceAll('%', '[^/]*')}$`);
      assert.equal(matchesPattern(wild, path), slow.test(path));
      if (below !== '' && slow.test(`${path}/${below}`)) assert.ok(matchesBelow(wild, path));
    }),
    runs,
  );
}

const setText = fc
  .array(
    fc
      .tuple(fc.constantFrom('*', '1', '2', '5', '9', '12', '40'), fc.constantFrom('', ':*', ':1', ':3', ':7', ':30'))
      .map((pair) => pair.join('')),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(','));
const uidList = fc.uniqueArray(fc.integer({ min: 1, max: 45 }), { maxLength: 30 });

/** Sets name what the obvious way says, in order. */
export function setsHold(runs: Runs): void {
  fc.assert(
    fc.property(setText, uidList, (written, unordered) => {
      const uids = Uint32Array.from(unordered).toSorted();
      const last = uids.at(-1) ?? 0;
      const set = readSequenceSet(openCursor(written));
      assert.ok(set.kind === 'ranges');
      const ranges = resolveSet(set.pairs, last);
      const isNamed = (uid: number): boolean =>
        written.split(',').some((part) => {
          const [from = 0, to = from] = part.split(':').map((end) => (end === '*' ? last : Number(end)));
          return uid >= Math.min(from, to) && uid <= Math.max(from, to);
        });
      const expected = Array.from(uids.keys()).filter((index) => isNamed(uids[index] ?? 0));
      assert.deepEqual([...indicesOfUids(ranges, uids)], expected);
      for (const uid of uids) assert.equal(isInRanges(ranges, uid), isNamed(uid));
      const found = uids.filter(isNamed);
      const printed = printRanges(rangesOf(found));
      if (found.length === 0) return;
      const again = readSequenceSet(openCursor(printed));
      assert.ok(again.kind === 'ranges');
      assert.equal(printRanges(resolveSet(again.pairs, 1)), printed);
    }),
    runs,
  );
}

/** Whatever a message is, its envelope and its structure are well formed: strings end, parentheses meet, octets are octets. */
export function printersHold({ seed, numRuns }: Runs): void {
  const random = seededRandom(seed);
  const seeds = [...messageSeeds().values()];
  for (let run = 0; run < numRuns; run += 1) {
    const parsed = parseMessage(nextMessage(random, seeds));
    const structure = printStructure(parsed.structure);
    assertBalanced(printStoredEnvelope(JSON.stringify(parsed.envelope), run % 2 === 0));
    assertBalanced(printStoredStructure(structure, true));
    assertBalanced(printStoredStructure(structure, false));
  }
}

/** A reader of values that knows nothing of what they mean. */
function assertBalanced(printed: string): void {
  const value = /"(?:[^"\\\r\n\0]|\\["\\])*"|\{(\d+)\}\r\n|[0-9]+|NIL|[() ]/y;
  let depth = 0;
  let at = 0;
  while (at < printed.length) {
    value.lastIndex = at;
    const found = value.exec(printed);
    assert.ok(found, `at ${at} of ${printed}`);
    at = value.lastIndex + Number(found[1] ?? 0);
    depth += found[0] === '(' ? 1 : found[0] === ')' ? -1 : 0;
    assert.ok(depth > 0 || at === printed.length, printed);
  }
  assert.equal(depth, 0);
  assert.ok(/^[\0-\xff]*$/.test(printed));
}

const messageId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const threadable = fc.record({
  messageId: fc.option(fc.array(messageId, { maxLength: 2 })),
  references: fc.option(fc.array(messageId, { maxLength: 5 })),
  inReplyTo: fc.option(fc.array(messageId, { maxLength: 2 })),
  subject: fc.option(fc.constantFrom('', 'x', 'y', 'Re: x', 'Fwd: y', 'X (fwd)', '[l] x', 'z')),
});

/** Whatever emails refer to, each found one stands in one thread, by date, and what is missing only above several. */
export function threadsHold(runs: Runs): void {
  fc.assert(
    fc.property(fc.array(threadable, { maxLength: 14 }), fc.infiniteStream(fc.nat({ max: 20 })), (mails, dates) => {
      const keys = emptyKeys();
      addKeys(
        keys,
        mails.map((mail, index) => ({ uid: index + 1, envelope: JSON.stringify(mail) })),
      );
      const sentAt = Float64Array.from(mails, () => Number(dates.next().value));
      const places = Uint32Array.from(mails.keys()).filter((place) => place % 5 !== 4);
      const threads = linkReferences({ keys, rows: Int32Array.from(mails.keys()), sentAt, places });
      const found: number[] = [];
      const walk = (siblings: readonly Thread[], isRoot: boolean): void => {
        let before = -1;
        for (const { place, children } of siblings) {
          if (place === null) assert.ok(isRoot && children.length > 1);
          else found.push(place);
          const at = place ?? children[0]?.place ?? 0;
          const order = (sentAt[at] ?? 0) * 1_000 + at;
          assert.ok(order > before);
          before = order;
          walk(children, false);
        }
      };
      walk(threads, true);
      assert.deepEqual(
        found.sort((a, b) => a - b),
        [...places],
      );
    }),
    runs,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const runs = { seed: Number(process.argv[2] ?? Date.now() % 1_000_000), numRuns: Number(process.argv[3] ?? 20_000) };
  console.log(`seed ${runs.seed}, ${runs.numRuns} runs`);
  readersHold(runs);
  stringsHold(runs);
  patternsHold(runs);
  setsHold(runs);
  printersHold(runs);
  threadsHold(runs);
}
