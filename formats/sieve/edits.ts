/** Commands that change the message itself: fields (RFC 5293), parts (RFC 5703 §5, §6), and the text taken out of a part (§7). */
import { paramTokens } from '#formats/message/printparams.ts';
import { printDate } from '#formats/message/date.ts';
import { encodeQuotedPrintable } from '#formats/message/encode.ts';
import { isFieldStart, readHeaderFields } from '#formats/message/fields.ts';
import { foldTokens, printField } from '#formats/message/printfield.ts';
import { joinOctets } from '#formats/octets/join.ts';
import type { Bound } from './bind.ts';
import type { CommandBuilder } from './commands.ts';
import { scriptFault, type Compilation } from './compilation.ts';
import {
  draftFields,
  draftSize,
  printedField,
  replacePart,
  replaceWhole,
  setFields,
  writtenHeader,
  type DraftField,
} from './draft.ts';
import { compileMatch } from './match.ts';
import { fieldValue } from './message.ts';
import { partText } from './parts.ts';
import { checkLimit, cutText, runFault, spend, takeEdited, type Run, type RunCommand } from './run.ts';
import { modifierOf, setNoted, targetOf } from './variables.ts';

export const editCommands: ReadonlyMap<string, CommandBuilder> = new Map<string, CommandBuilder>([
  ['addheader', addHeaderCommand],
  ['deleteheader', deleteHeaderCommand],
  ['replace', replaceCommand],
  ['enclose', encloseCommand],
  ['extracttext', extractTextCommand],
]);

const FIELD_NAME = /^[!-9;-~]{1,200}$/;
/** RFC 5293 §5: traces that keep mail from going round (RFC 9228 for the last). They outlive an enclosing too. */
const UNTOUCHABLE: ReadonlySet<string> = new Set(['received', 'auto-submitted', 'delivered-to']);

const encoder = new TextEncoder();

function fieldName(bound: Bound, compilation: Compilation): (run: Run) => string {
  const text = bound.text('field');
  if (text.constant !== null && !FIELD_NAME.test(text.constant))
    throw scriptFault(compilation, bound.span('field'), { code: 'badHeaderName', header: text.constant });
  return (run) => {
    const name = text.get(run);
    if (FIELD_NAME.test(name)) return name;
    throw runFault(run, { code: 'badRunValue', name: bound.node.name, value: name.slice(0, 100) });
  };
}

function addHeaderCommand(bound: Bound, compilation: Compilation): RunCommand {
  const name = fieldName(bound, compilation);
  const value = bound.text('value');
  const isLast = bound.has('last');
  return (run) => {
    spend(run, 'addedFields');
    const field = printedField(printField({ name: name(run), form: 'Text', value: onOneLine(value.get(run)) }));
    const fields = draftFields(run.draft);
    setFields(run.draft, isLast ? [...fields, field] : [field, ...fields]);
    return 'next';
  };
}

/** A value as it would be read when folded so (RFC 5322 §2.2.3). */
function onOneLine(value: string): string {
  return value.replace(/[\r\n]+[ \t]*/g, ' ');
}

function deleteHeaderCommand(bound: Bound, compilation: Compilation): RunCommand {
  const name = fieldName(bound, compilation);
  const match = bound.optionalTexts('patterns') === null ? null : compileMatch(bound, compilation, 'patterns');
  const index = bound.number('index');
  const isLast = bound.has('last');
  if (isLast && index === null)
    throw scriptFault(compilation, bound.span('last'), { code: 'missingTag', name: 'deleteheader', tag: 'index' });
  if (index === 0)
    throw scriptFault(compilation, bound.span('index'), { code: 'badValue', name: ':index', value: '0' });
  return (run) => {
    const wanted = name(run).toLowerCase();
    if (UNTOUCHABLE.has(wanted)) return 'next';
    const fields = draftFields(run.draft);
    spend(run, 'matchWork', fields.length);
    const named = fields.filter((field) => field.name.toLowerCase() === wanted);
    const one = index === null ? null : (named[isLast ? named.length - index : index - 1] ?? null);
    const candidates = index === null ? named : one === null ? [] : [one];
    const gone = new Set(candidates.filter(({ raw }) => match === null || match(run, [fieldValue(raw)])));
    if (gone.size > 0)
      setFields(
        run.draft,
        fields.filter((field) => !gone.has(field)),
      );
    return 'next';
  };
}

/** The text of a script as an entity: with `:mime` as it stands, else plain text of UTF-8. */
function asEntity(text: string, isMime: boolean): Uint8Array {
  const lines = text.toWellFormed().replace(/\r\n|\r|\n/g, '\r\n');
  if (isMime) {
    const octets = encoder.encode(lines);
    // Without a header of its own it would swallow its first paragraph.
    return isFieldStart(octets, 0, octets.length) || lines.startsWith('\r\n') ? octets : encoder.encode(`\r\n${lines}`);
  }
  const head = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n';
  return joinOctets([encoder.encode(head), encodeQuotedPrintable(encoder.encode(lines))]);
}

/** RFC 5703 §5: the part of the loop, else the body of the message. */
function replaceCommand(bound: Bound): RunCommand {
  const [subject, from] = [bound.optionalText('subject'), bound.optionalText('from')];
  const text = bound.text('text');
  const isMime = bound.has('mime');
  return (run) => {
    const entity = asEntity(text.get(run), isMime);
    const { draft, loop } = run;
    if (loop === null || loop.part === loop.base.structure) {
      replaceBody(run, entity, [
        ['Subject', subject?.get(run) ?? null],
        ['From', from?.get(run) ?? null],
      ]);
      // The part is gone when the whole was replaced in the meantime.
    } else if (loop.base === draft.base) replacePart(draft, loop.part, entity);
    checkLimit(run, 'editedOctets', draftSize(draft));
    return 'next';
  };
}

type Renamed = readonly (readonly [name: string, value: string | null])[];

function replaceBody(run: Run, entity: Uint8Array, renamed: Renamed): void {
  spend(run, 'rewrites');
  const { draft } = run;
  const bodyStart = headerOctets(entity);
  const declared = readHeaderFields(entity, 0, bodyStart).filter(({ name }) => isContentField(name));
  let fields: DraftField[] = draftFields(draft).filter(({ name }) => !isContentField(name));
  for (const [name, value] of renamed) {
    if (value === null) continue;
    // RFC 5703 §5: what was there stays under another name.
    const original = fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
    fields = fields.filter((field) => field.name.toLowerCase() !== name.toLowerCase());
    fields.push(printedField(printField({ name, form: 'Text', value })));
    if (original !== undefined) fields.push(printedField(`Original-${name}:${original.raw}\r\n`));
  }
  fields.push(printedField('MIME-Version: 1.0\r\n'));
  fields.push(
    ...declared.filter(({ name }) => !/^mime-/i.test(name)).map(({ name, raw }) => printedField(`${name}:${raw}\r\n`)),
  );
  setFields(draft, fields);
  replaceWhole(draft, joinOctets([writtenHeader(draft), entity.subarray(bodyStart)]));
}

function isContentField(name: string): boolean {
  return /^(?:content-|mime-version$)/i.test(name);
}

/** Offset after the empty line of an entity; its end where there is none. */
function headerOctets(octets: Uint8Array): number {
  if (octets[0] === 0x0a) return 1;
  if (octets[0] === 0x0d && octets[1] === 0x0a) return 2;
  for (let at = octets.indexOf(0x0a); at >= 0; at = octets.indexOf(0x0a, at + 1)) {
    if (octets[at + 1] === 0x0a) return at + 2;
    if (octets[at + 1] === 0x0d && octets[at + 2] === 0x0a) return at + 3;
  }
  return octets.length;
}

/** RFC 5703 §6: the message becomes a part of a new one, after the text. */
function encloseCommand(bound: Bound): RunCommand {
  const [subject, headers] = [bound.optionalText('subject'), bound.texts('headers')];
  const text = bound.text('text');
  return (run) => {
    spend(run, 'rewrites');
    const { draft, input } = run;
    const inner = takeEdited(run) ?? draft.base.octets;
    const boundary = freeBoundary(inner);
    const copied = new Set([...headers.map((name) => name.get(run).toLowerCase()), ...UNTOUCHABLE]);
    const kept = draftFields(draft).filter(({ name }) => copied.has(name.toLowerCase()) && !isContentField(name));
    const has = (name: string): boolean => kept.some((field) => field.name.toLowerCase() === name);
    const date = printDate(new Date(input.nowMs).toISOString().replace(/\.\d+Z$/, 'Z')) ?? '';
    const title = subject?.get(run) ?? null;
    const head = [
      ...(has('from')
        ? []
        : [printField({ name: 'From', form: 'Text', value: input.ownAddresses[0] ?? input.envelope.to })]),
      ...(has('date') ? [] : [`Date: ${date}\r\n`]),
      ...(title === null ? [] : [printField({ name: 'Subject', form: 'Text', value: title })]),
      ...kept
        .filter(({ name }) => title === null || name.toLowerCase() !== 'subject')
        .map(({ name, raw }) => `${name}:${raw}\r\n`),
      'MIME-Version: 1.0\r\n',
      foldTokens('Content-Type', ['multipart/mixed;', ...paramTokens({ boundary })]),
      `\r\n--${boundary}\r\n`,
    ].join('');
    const middle = `\r\n--${boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n`;
    const octets = joinOctets([
      encoder.encode(head),
      asEntity(text.get(run), false),
      encoder.encode(middle),
      inner,
      encoder.encode(`\r\n--${boundary}--\r\n`),
    ]);
    spend(run, 'editedOctets', octets.length);
    replaceWhole(draft, octets);
    return 'next';
  };
}

/** A boundary that nothing in the octets is like: the same for the same octets. */
function freeBoundary(octets: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(octets);
  let hash = octets.length;
  for (let at = 0; at < text.length; at += 97) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0;
  for (let count = hash; ; count++) {
    const boundary = `=_pli_${count.toString(36)}`;
    if (!text.includes(boundary)) return boundary;
  }
}

/** RFC 5703 §7: the text of the loop's part, '' where it is none. */
function extractTextCommand(bound: Bound, compilation: Compilation): RunCommand {
  if (compilation.loops.length === 0)
    throw scriptFault(compilation, bound.node, { code: 'misplaced', name: 'extracttext' });
  if (!compilation.enabled.has('variables'))
    throw scriptFault(compilation, bound.node, {
      code: 'missingRequire',
      capability: 'variables',
      name: 'extracttext',
    });
  const target = targetOf(bound, compilation, 'name');
  const modify = modifierOf(bound);
  const first = bound.number('first');
  return (run) => {
    const { loop } = run;
    if (loop !== null) spend(run, 'matchWork', loop.part.encodedOctets >> 4);
    const text = loop === null ? '' : partText(loop.base.octets, loop.part);
    const most = Math.min(run.limits.variableUnits, first === null ? Infinity : first * 2);
    const cut = cutText(text, most);
    const wanted = first === null ? cut : Array.from(cut).slice(0, first).join('');
    setNoted(run, target, modify(run, wanted));
    return 'next';
  };
}
