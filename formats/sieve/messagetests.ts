/** Tests that look at the message: its fields, addresses, dates, parts and body (RFC 5228 §5, RFC 5173, RFC 5260, RFC 5703 §4). */
import type { MessagePart } from '#formats/message/types.ts';
import type { Bound } from './bind.ts';
import { scriptFault, type Compilation } from './compilation.ts';
import { datePart, dateParts, readFieldDate, readOffset, zoneOffset, type DatePart, type ZonedTime } from './date.ts';
import { partFieldsNamed, settle, type Base } from './draft.ts';
import { asSubject } from './fold.ts';
import { compileMatch } from './match.ts';
import {
  bodyContents,
  bodyTexts,
  mimeValues,
  partsWithin,
  rawBody,
  type MimeValue,
  type SpendOctets,
} from './parts.ts';
import { runFault, spend, takeEdited, type Run, type RunTest } from './run.ts';
import type { Text } from './text.ts';
import type { AddressValue, FieldValue, Subject } from './types.ts';

export type TestBuilder = (bound: Bound, compilation: Compilation) => RunTest;

export const messageTests: ReadonlyMap<string, TestBuilder> = new Map<string, TestBuilder>([
  ['header', headerTest],
  ['address', addressTest],
  ['exists', existsTest],
  ['size', sizeTest],
  ['date', dateTest],
  ['currentdate', currentDateTest],
  ['body', bodyTest],
]);

/** Finds the fields a test is about, in the header or the parts it is about. */
type FindFields = (run: Run, name: string) => readonly FieldValue[];

/** RFC 5260 §6, RFC 5703 §4. */
function compileFields(bound: Bound, compilation: Compilation): FindFields {
  const find: FindFields = bound.has('mime')
    ? mimeFields(bound.has('anychild'))
    : (run, name) => run.draft.fieldsNamed(name);
  if (bound.has('anychild') && !bound.has('mime'))
    throw scriptFault(compilation, bound.span('anychild'), { code: 'missingTag', name: bound.node.name, tag: 'mime' });
  const index = bound.number('index');
  if (index === null) {
    if (bound.has('last'))
      throw scriptFault(compilation, bound.span('last'), { code: 'missingTag', name: bound.node.name, tag: 'index' });
    return find;
  }
  if (index === 0)
    throw scriptFault(compilation, bound.span('index'), { code: 'badValue', name: ':index', value: '0' });
  const isLast = bound.has('last');
  return (run, name) => {
    const fields = find(run, name);
    const field = fields[isLast ? fields.length - index : index - 1];
    return field === undefined ? [] : [field];
  };
}

function mimeFields(hasChildren: boolean): FindFields {
  return (run, name) => {
    const { base, part } = currentPart(run);
    if (!hasChildren) return partFieldsNamed(run.draft, base, part, name);
    const fields: FieldValue[] = [];
    for (const each of partsWithin(part)) {
      spend(run, 'matchWork', 100);
      fields.push(...partFieldsNamed(run.draft, base, each, name));
    }
    return fields;
  };
}

/** The part of the loop around, else the whole message as it is now. */
function currentPart(run: Run): { readonly base: Base; readonly part: MessagePart } {
  if (run.loop !== null) return run.loop;
  settle(run.draft);
  const { base } = run.draft;
  return { base, part: base.structure };
}

const HEADER_NAME = /^[!-9;-~]+$/;

/** Names of fields in lower case. @throws {SieveError} `badHeaderName` where one could be none. */
function headerNames(bound: Bound, compilation: Compilation, argument: string): (run: Run) => readonly string[] {
  const texts = bound.texts(argument);
  for (const { constant } of texts) {
    if (constant !== null && !HEADER_NAME.test(constant))
      throw scriptFault(compilation, bound.span(argument), { code: 'badHeaderName', header: constant });
  }
  return lowerNames(texts);
}

function lowerNames(texts: readonly Text[]): (run: Run) => readonly string[] {
  const constants = texts.flatMap(({ constant }) => (constant === null ? [] : [constant.toLowerCase()]));
  if (constants.length === texts.length) return () => constants;
  return (run) => texts.map((text) => text.get(run).toLowerCase());
}

function headerTest(bound: Bound, compilation: Compilation): RunTest {
  const find = compileFields(bound, compilation);
  const names = headerNames(bound, compilation, 'headers');
  const match = compileMatch(bound, compilation);
  const wanted = mimeValueOf(bound, compilation);
  return (run) => {
    const wantedNames = names(run);
    const [only = ''] = wantedNames;
    if (wanted === null && wantedNames.length === 1) return match(run, find(run, only));
    const subjects: Subject[] = [];
    for (const name of wantedNames) {
      for (const field of find(run, name)) {
        if (wanted === null) subjects.push(field);
        else subjects.push(...mimeValues(field, name === 'content-type', wanted(run)));
      }
    }
    return match(run, subjects);
  };
}

function mimeValueOf(bound: Bound, compilation: Compilation): ((run: Run) => MimeValue) | null {
  const kind = bound.tagOf('mimeValue');
  if (kind === null) return null;
  if (!bound.has('mime'))
    throw scriptFault(compilation, bound.span(kind), { code: 'missingTag', name: bound.node.name, tag: 'mime' });
  if (kind === 'type' || kind === 'subtype' || kind === 'contenttype') return () => ({ kind });
  const names = lowerNames(bound.texts('param'));
  return (run) => ({ kind: 'param', names: names(run) });
}

/** Which part of an address (RFC 5228 §2.7.4, RFC 5233 §4); null where the address has none. */
export function addressPartOf(bound: Bound): (address: AddressValue) => Subject | null {
  switch (bound.tagOf('addressPart') ?? 'all') {
    case 'localpart':
      return (address) => address.localPart;
    case 'domain':
      return (address) => address.domain;
    case 'user':
      return (address) => address.user;
    case 'detail':
      return (address) => address.detail;
    default:
      return (address) => address.all;
  }
}

function addressTest(bound: Bound, compilation: Compilation): RunTest {
  const find = compileFields(bound, compilation);
  const names = headerNames(bound, compilation, 'headers');
  const match = compileMatch(bound, compilation);
  const part = addressPartOf(bound);
  return (run) => {
    const subjects: Subject[] = [];
    for (const name of names(run)) {
      for (const field of find(run, name)) {
        for (const address of field.addresses()) {
          const subject = part(address);
          if (subject !== null) subjects.push(subject);
        }
      }
    }
    return match(run, subjects);
  };
}

/** True when every named field is there (RFC 5228 §5.5). */
function existsTest(bound: Bound, compilation: Compilation): RunTest {
  const find = compileFields(bound, compilation);
  const names = headerNames(bound, compilation, 'headers');
  return (run) => names(run).every((name) => find(run, name).length > 0);
}

function sizeTest(bound: Bound, compilation: Compilation): RunTest {
  const kind = bound.tagOf('size');
  const limit = bound.number('limit') ?? 0;
  if (kind === null) throw scriptFault(compilation, bound.node, { code: 'missingTag', name: 'size', tag: 'over' });
  // Neither is true of a message of exactly that size (RFC 5228 §5.9).
  return kind === 'over' ? (run) => currentSize(run) > limit : (run) => currentSize(run) < limit;
}

/** Of the message as it is now (RFC 5293 §6). */
function currentSize(run: Run): number {
  return takeEdited(run)?.length ?? run.input.message.sizeOctets;
}

function datePartOf(bound: Bound, compilation: Compilation): (run: Run) => DatePart {
  const text = bound.text('part');
  const find = (name: string): DatePart | undefined => dateParts.find((part) => part === name.toLowerCase());
  if (text.constant !== null) {
    const part = find(text.constant);
    if (part === undefined)
      throw scriptFault(compilation, bound.span('part'), {
        code: 'badValue',
        name: bound.node.name,
        value: text.constant,
      });
    return () => part;
  }
  return (run) => {
    const name = text.get(run);
    const part = find(name);
    if (part === undefined)
      throw runFault(run, { code: 'badRunValue', name: bound.node.name, value: name.slice(0, 100) });
    return part;
  };
}

/** RFC 5260 §4.1: the named zone, the date's own, or the owner's. */
function zoneOf(bound: Bound, compilation: Compilation): (run: Run, time: ZonedTime) => number {
  if (bound.has('originalzone')) return (_run, { offsetMinutes }) => offsetMinutes;
  const zone = bound.optionalText('zone');
  if (zone === null) return (run, { atMs }) => zoneOffset(run.input.timeZone, atMs);
  if (zone.constant !== null) {
    const minutes = readOffset(zone.constant);
    if (minutes === null)
      throw scriptFault(compilation, bound.span('zone'), { code: 'badValue', name: ':zone', value: zone.constant });
    return () => minutes;
  }
  return (run) => {
    const text = zone.get(run);
    const minutes = readOffset(text);
    if (minutes === null) throw runFault(run, { code: 'badRunValue', name: ':zone', value: text.slice(0, 100) });
    return minutes;
  };
}

function dateTest(bound: Bound, compilation: Compilation): RunTest {
  const find = compileFields(bound, compilation);
  const [part, zone] = [datePartOf(bound, compilation), zoneOf(bound, compilation)];
  const names = headerNames(bound, compilation, 'header');
  const match = compileMatch(bound, compilation);
  return (run) => {
    const wanted = part(run);
    const subjects: Subject[] = [];
    for (const name of names(run)) {
      for (const field of find(run, name)) {
        const time = readFieldDate(field.text);
        // Zones of the world are slow to ask.
        spend(run, 'matchWork', 800);
        if (time === null) continue;
        subjects.push(asSubject(datePart({ atMs: time.atMs, offsetMinutes: zone(run, time) }, wanted)));
      }
    }
    return match(run, subjects);
  };
}

function currentDateTest(bound: Bound, compilation: Compilation): RunTest {
  const [part, zone] = [datePartOf(bound, compilation), zoneOf(bound, compilation)];
  const match = compileMatch(bound, compilation);
  return (run) => {
    const atMs = run.input.nowMs;
    const offsetMinutes = zone(run, { atMs, offsetMinutes: 0 });
    return match(run, [asSubject(datePart({ atMs, offsetMinutes }, part(run)))]);
  };
}

/** RFC 5173. Sets no match variables (§6). */
function bodyTest(bound: Bound, compilation: Compilation): RunTest {
  const match = compileMatch(bound, compilation, 'keys', { setsVariables: false, comparator: 'i;ascii-casemap' });
  const subjects = bodySubjects(bound);
  return (run) => {
    if (run.loop === null) settle(run.draft);
    const { octets, structure } = run.draft.base;
    return match(run, subjects(run, octets, structure));
  };
}

function bodySubjects(bound: Bound): (run: Run, octets: Uint8Array, root: MessagePart) => readonly Subject[] {
  switch (bound.tagOf('transform') ?? 'text') {
    case 'raw':
      return (run, octets, root) => remembered(run, 'raw', root, (spendOn) => [rawBody(octets, root, spendOn)]);
    case 'content': {
      const types = lowerNames(bound.texts('content'));
      return (run, octets, root) => {
        const wanted = types(run);
        return remembered(run, JSON.stringify(wanted), root, (spendOn) => bodyContents(octets, root, wanted, spendOn));
      };
    }
    default:
      return (run, octets, root) => remembered(run, 'text', root, (spendOn) => bodyTexts(octets, root, spendOn));
  }
}

/** Ways of looking that are remembered at once: each holds the body once more. */
const MAX_REMEMBERED = 4;

/** The body decoded once for all tests that look at it in one way: `raw`, `text`, or a list of types. */
function remembered(
  run: Run,
  way: string,
  root: MessagePart,
  decode: (spendOn: SpendOctets) => readonly Subject[],
): readonly Subject[] {
  const known = run.bodies.get(way);
  if (known?.root === root) return known.subjects;
  const subjects = decode((octets) => spend(run, 'matchWork', octets >> 3));
  if (run.bodies.size >= MAX_REMEMBERED) run.bodies.clear();
  run.bodies.set(way, { root, subjects });
  return subjects;
}
