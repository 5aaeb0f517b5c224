/** Tests that look at anything but the message: envelope, variables, flags, environment, scores, and what only the world knows. */
import type { Bound } from './bind.ts';
import { scriptFault, type Compilation } from './compilation.ts';
import { datePart } from './date.ts';
import { asSubject } from './fold.ts';
import { readFlags, readFlagTarget, targetFlags } from './flags.ts';
import { readMailto } from './mailto.ts';
import { compileMatch, readListName } from './match.ts';
import { addressValue } from './message.ts';
import { addressPartOf, type TestBuilder } from './messagetests.ts';
import { ask, askAll, type Run, type RunTest } from './run.ts';
import type { SieveInput, Subject } from './types.ts';

export const otherTests: ReadonlyMap<string, TestBuilder> = new Map<string, TestBuilder>([
  ['true', () => () => true],
  ['false', () => () => false],
  ['envelope', envelopeTest],
  ['string', stringTest],
  ['hasflag', hasFlagTest],
  ['environment', environmentTest],
  ['spamtest', spamTest],
  ['virustest', virusTest],
  ['duplicate', duplicateTest],
  ['mailboxexists', mailboxTest('name', 'names')],
  ['mailboxidexists', mailboxTest('id', 'ids')],
  ['specialuse_exists', specialUseTest],
  ['metadata', metadataTest],
  ['metadataexists', metadataExistsTest],
  ['servermetadata', serverMetadataTest],
  ['servermetadataexists', serverMetadataExistsTest],
  ['valid_notify_method', validNotifyTest],
  ['notify_method_capability', notifyCapabilityTest],
  ['valid_ext_list', validListTest],
  ['ihave', ihaveTest],
]);

/** RFC 5228 §5.4, RFC 6009 §2, §3. The address parts are looked at in addresses only. */
function envelopeTest(bound: Bound, compilation: Compilation): RunTest {
  const match = compileMatch(bound, compilation);
  const part = addressPartOf(bound);
  const isWhole = (bound.tagOf('addressPart') ?? 'all') === 'all';
  const texts = bound.texts('parts');
  for (const { constant } of texts) {
    const capability = constant === null ? '' : envelopeCapability(constant.toLowerCase());
    if (capability === null)
      throw scriptFault(compilation, bound.span('parts'), {
        code: 'badValue',
        name: 'envelope',
        value: constant ?? '',
      });
    if (capability !== '' && !compilation.enabled.has(capability))
      throw scriptFault(compilation, bound.span('parts'), { code: 'missingRequire', capability, name: constant ?? '' });
  }
  return (run) => {
    const subjects: Subject[] = [];
    for (const text of texts) {
      const name = text.get(run).toLowerCase();
      const value = envelopeValue(run.input, name);
      if (value === null) continue;
      const address = name === 'from' || name === 'to' ? addressValue(value) : null;
      const subject = address === null ? (isWhole ? asSubject(value) : null) : part(address);
      // The null sender is the empty string, whatever part is asked for (RFC 5228 §5.4).
      if (subject !== null) subjects.push(subject);
      else if (value === '') subjects.push(asSubject(''));
    }
    return match(run, subjects);
  };
}

/** The extension that brings an envelope part; '' for the base, null for none at all. */
function envelopeCapability(name: string): string | null {
  if (name === 'from' || name === 'to' || name === 'auth') return '';
  if (name === 'notify' || name === 'orcpt' || name === 'ret' || name === 'envid') return 'envelope-dsn';
  return name.startsWith('by') && DELIVER_BY.has(name) ? 'envelope-deliverby' : null;
}

const DELIVER_BY: ReadonlySet<string> = new Set(['bytimeabsolute', 'bytimerelative', 'bymode', 'bytrace']);

function envelopeValue({ envelope, nowMs }: SieveInput, name: string): string | null {
  const { dsn, deliverBy } = envelope;
  switch (name) {
    case 'from':
    case 'to':
    case 'auth':
      return envelope[name];
    case 'notify':
    case 'orcpt':
    case 'ret':
    case 'envid':
      return dsn?.[name] ?? null;
    case 'bytimeabsolute':
      return deliverBy === undefined
        ? null
        : datePart({ atMs: nowMs + deliverBy.seconds * 1000, offsetMinutes: 0 }, 'iso8601');
    case 'bytimerelative':
      return deliverBy === undefined ? null : String(deliverBy.seconds);
    case 'bymode':
      return deliverBy?.mode ?? null;
    case 'bytrace':
      return deliverBy === undefined ? null : deliverBy.isTraced ? 'T' : '';
    default:
      return null;
  }
}

/** RFC 5229 §5. :count counts strings that are not empty. */
function stringTest(bound: Bound, compilation: Compilation): RunTest {
  const match = compileMatch(bound, compilation);
  const isCount = bound.tagOf('match') === 'count';
  const texts = bound.texts('sources');
  return (run) => {
    const subjects = texts.map((text) => asSubject(text.get(run)));
    return match(run, isCount ? subjects.filter(({ text }) => text !== '') : subjects);
  };
}

/** RFC 5232 §4: any flag of the variables against any of the list. */
function hasFlagTest(bound: Bound, compilation: Compilation): RunTest {
  const match = compileMatch(bound, compilation, 'flags');
  const targets = bound
    .constants('variables')
    .map((name) => readFlagTarget(name, bound.span('variables'), compilation));
  return (run) => {
    const flags = targets.length === 0 ? run.flags : targets.flatMap((target) => targetFlags(run, target));
    return match(run, readFlags(flags).map(asSubject));
  };
}

/** RFC 5183 §4: an unknown item is no value at all, so nothing matches. */
function environmentTest(bound: Bound, compilation: Compilation): RunTest {
  const match = compileMatch(bound, compilation);
  const name = bound.text('name');
  return (run) => {
    const item = name.get(run).toLowerCase();
    const value = Object.hasOwn(run.input.environment, item) ? run.input.environment[item] : undefined;
    return match(run, value === undefined ? [] : [asSubject(value)]);
  };
}

/** Scores are compared as numbers where the script does not say how (RFC 5235 §2.2 shows no other use). */
function scoreTest(bound: Bound, compilation: Compilation, score: (run: Run) => number): RunTest {
  const match = compileMatch(bound, compilation, 'score', { setsVariables: true, comparator: 'i;ascii-numeric' });
  const isCount = bound.tagOf('match') === 'count';
  return (run) => {
    const value = score(run);
    // RFC 5235 §2.1: :count tells whether there was a check at all.
    return match(run, isCount && value < 0 ? [] : [asSubject(String(Math.max(0, value)))]);
  };
}

/** RFC 5235 §2.1: 0 not checked, then 1 (clean) to 10 (spam); with :percent 0 to 100. */
function spamTest(bound: Bound, compilation: Compilation): RunTest {
  const isPercent = bound.has('percent');
  return scoreTest(bound, compilation, ({ input: { spamPercent } }) => {
    if (spamPercent === null) return -1;
    const percent = Math.min(100, Math.max(0, Math.round(spamPercent)));
    return isPercent ? percent : 1 + Math.floor((percent * 9) / 100);
  });
}

function virusTest(bound: Bound, compilation: Compilation): RunTest {
  return scoreTest(bound, compilation, ({ input: { virus } }) => (virus === 0 ? -1 : virus));
}

/** How long a message is remembered where the script does not say, and at most (RFC 7352 §3). */
const DUPLICATE_SECONDS = 7 * 86_400;
const MAX_DUPLICATE_SECONDS = 90 * 86_400;

/** RFC 7352 §3: what is asked for becomes a record too, kept once the script has done its work. */
function duplicateTest(bound: Bound, compilation: Compilation): RunTest {
  const [handle, header, uniqueId] = ['handle', 'header', 'uniqueid'].map((name) => bound.optionalText(name));
  const seconds = Math.min(bound.number('seconds') ?? DUPLICATE_SECONDS, MAX_DUPLICATE_SECONDS);
  const isLast = bound.has('last');
  if (header?.constant === '')
    throw scriptFault(compilation, bound.span('header'), { code: 'badHeaderName', header: '' });
  return (run) => {
    const value =
      uniqueId?.get(run) ?? run.draft.original.fieldsNamed((header?.get(run) ?? 'message-id').toLowerCase())[0]?.text;
    // Without the field there is nothing that could be the same.
    if (value === undefined || value === '') return false;
    const id = JSON.stringify([
      handle?.get(run) ?? '',
      uniqueId === null || uniqueId === undefined ? 'header' : 'id',
      value,
    ]);
    const isSeen = ask(run, 'duplicateSeen', { kind: 'duplicateSeen', id, seconds, isLast });
    const isNew = !run.duplicates.some((record) => record.id === id);
    if (isNew && (!isSeen || isLast)) run.duplicates.push({ id, seconds, isLast });
    return isSeen;
  };
}

function mailboxTest(by: 'name' | 'id', argument: string): TestBuilder {
  return (bound) => {
    const texts = bound.texts(argument);
    return (run) => {
      const questions = texts.map((text) => ({ kind: 'mailboxExists' as const, by, value: text.get(run) }));
      return askAll(run, 'mailboxExists', questions).every(Boolean);
    };
  };
}

/** RFC 8579 §4: with a mailbox, whether it has all the uses; without one, whether each use has a mailbox. */
function specialUseTest(bound: Bound): RunTest {
  const mailbox = bound.optionalText('mailbox');
  const texts = bound.texts('uses');
  return (run) => {
    const uses = texts.map((text) => text.get(run));
    const name = mailbox?.get(run) ?? null;
    const groups = name === null ? uses.map((use) => [use]) : [uses];
    const questions = groups.map((group) => ({ kind: 'specialUseExists' as const, mailbox: name, uses: group }));
    return askAll(run, 'specialUseExists', questions).every(Boolean);
  };
}

function mailboxAnnotation(run: Run, mailbox: string, annotation: string): string | null {
  return ask(run, 'mailboxMetadata', { kind: 'mailboxMetadata', mailbox, annotation });
}

function serverAnnotation(run: Run, annotation: string): string | null {
  return ask(run, 'serverMetadata', { kind: 'serverMetadata', annotation });
}

function asSubjects(value: string | null): readonly Subject[] {
  return value === null ? [] : [asSubject(value)];
}

function metadataTest(bound: Bound, compilation: Compilation): RunTest {
  const match = compileMatch(bound, compilation);
  const [mailbox, annotation] = [bound.text('mailbox'), bound.text('annotation')];
  return (run) => match(run, asSubjects(mailboxAnnotation(run, mailbox.get(run), annotation.get(run))));
}

function metadataExistsTest(bound: Bound): RunTest {
  const [mailbox, annotations] = [bound.text('mailbox'), bound.texts('annotations')];
  return (run) => annotations.every((text) => mailboxAnnotation(run, mailbox.get(run), text.get(run)) !== null);
}

function serverMetadataTest(bound: Bound, compilation: Compilation): RunTest {
  const match = compileMatch(bound, compilation);
  const annotation = bound.text('annotation');
  return (run) => match(run, asSubjects(serverAnnotation(run, annotation.get(run))));
}

function serverMetadataExistsTest(bound: Bound): RunTest {
  const annotations = bound.texts('annotations');
  return (run) => annotations.every((text) => serverAnnotation(run, text.get(run)) !== null);
}

function validNotifyTest(bound: Bound): RunTest {
  const texts = bound.texts('uris');
  return (run) => texts.every((text) => readMailto(text.get(run)) !== null);
}

/** RFC 5435 §5: `online` is all there is to know, and of a mailbox nobody knows it. */
function notifyCapabilityTest(bound: Bound, compilation: Compilation): RunTest {
  const match = compileMatch(bound, compilation);
  const [uri, capability] = [bound.text('uri'), bound.text('capability')];
  return (run) => {
    const isKnown = readMailto(uri.get(run)) !== null && capability.get(run).toLowerCase() === 'online';
    return match(run, isKnown ? [asSubject('maybe')] : []);
  };
}

function validListTest(bound: Bound): RunTest {
  const texts = bound.texts('lists');
  return (run) => {
    const questions = texts.map((text) => ({ kind: 'listExists' as const, list: readListName(text.get(run)) }));
    return askAll(run, 'listExists', questions).every(Boolean);
  };
}

/** RFC 5463 §4. What is offered is enabled from here on by `compileSieve`. */
function ihaveTest(bound: Bound, compilation: Compilation): RunTest {
  const isOffered = bound.constants('capabilities').every((capability) => compilation.offered.has(capability));
  return () => isOffered;
}
