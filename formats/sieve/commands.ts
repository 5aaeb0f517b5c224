/** Commands that decide what becomes of the message (RFC 5228 §4 and the extensions that bring actions). */
import { planAction } from './actions.ts';
import { readSieveAddress } from './address.ts';
import type { Bound } from './bind.ts';
import { scriptFault, type Compilation } from './compilation.ts';
import { destinationOf, fccOf, flagsOf } from './destination.ts';
import { readMailto } from './mailto.ts';
import { isAutoSubmitted } from './manners.ts';
import { readListName } from './match.ts';
import { runFault, takeEdited, type Run, type RunCommand } from './run.ts';
import { compileVacation } from './vacation.ts';
import type { Text } from './text.ts';
import type { RedirectAction } from './types.ts';

export type CommandBuilder = (bound: Bound, compilation: Compilation) => RunCommand;

export const actionCommands: ReadonlyMap<string, CommandBuilder> = new Map<string, CommandBuilder>([
  ['stop', () => () => 'stop'],
  ['keep', keepCommand],
  ['discard', discardCommand],
  ['fileinto', fileintoCommand],
  ['redirect', redirectCommand],
  ['reject', rejectCommand('reject')],
  ['ereject', rejectCommand('ereject')],
  ['vacation', compileVacation],
  ['notify', notifyCommand],
  ['error', errorCommand],
]);

function keepCommand(bound: Bound): RunCommand {
  const flags = flagsOf(bound);
  return (run) => {
    const edited = takeEdited(run);
    planAction(run, { kind: 'keep', line: run.line, isImplicit: false, flags: flags(run), edited });
    run.keepsImplicitly = false;
    return 'next';
  };
}

function discardCommand(): RunCommand {
  return (run) => {
    planAction(run, { kind: 'discard', line: run.line });
    run.keepsImplicitly = false;
    return 'next';
  };
}

function fileintoCommand(bound: Bound, compilation: Compilation): RunCommand {
  const mailbox = bound.text('mailbox');
  if (mailbox.constant === '')
    throw scriptFault(compilation, bound.span('mailbox'), { code: 'badValue', name: 'fileinto', value: '' });
  const destination = destinationOf(bound, mailbox, flagsOf(bound));
  const isCopy = bound.has('copy');
  return (run) => {
    const edited = takeEdited(run);
    planAction(run, { kind: 'fileinto', line: run.line, ...destination(run), isCopy, edited });
    if (!isCopy) run.keepsImplicitly = false;
    return 'next';
  };
}

function redirectCommand(bound: Bound, compilation: Compilation): RunCommand {
  compilation.redirectCount++;
  if (compilation.redirectCount > compilation.limits.redirects)
    throw scriptFault(compilation, bound.node, {
      code: 'tooMany',
      what: 'redirects',
      limit: compilation.limits.redirects,
    });
  const target = bound.text('address');
  const isList = bound.has('list');
  const address = isList || target.constant === null ? null : constantAddress(bound, compilation, target.constant);
  if (address !== null) compilation.redirects.add(address);
  const isCopy = bound.has('copy');
  const delivery = deliveryOf(bound, compilation);
  return (run) => {
    const to: RedirectAction['to'] = isList
      ? { kind: 'list', list: readListName(target.get(run)) }
      : { kind: 'address', address: address ?? runAddress(run, target.get(run)) };
    const edited = takeEdited(run);
    planAction(run, { kind: 'redirect', line: run.line, to, isCopy, edited, ...delivery(run) });
    if (!isCopy) run.keepsImplicitly = false;
    return 'next';
  };
}

function constantAddress(bound: Bound, compilation: Compilation, text: string): string {
  const address = readSieveAddress(text);
  if (address === null) throw scriptFault(compilation, bound.span('address'), { code: 'badAddress', address: text });
  return address;
}

function runAddress(run: Run, text: string): string {
  const address = readSieveAddress(text);
  if (address === null) throw runFault(run, { code: 'badRunValue', name: 'redirect', value: text.slice(0, 200) });
  return address;
}

type Delivery = Pick<RedirectAction, 'notify' | 'ret' | 'deliverBy'>;

/** RFC 6009 §4, §5. */
function deliveryOf(bound: Bound, compilation: Compilation): (run: Run) => Delivery {
  const [notify, ret, mode, absolute] = ['notify', 'ret', 'bymode', 'bytimeabsolute'].map((tag) =>
    bound.optionalText(tag),
  );
  const relative = bound.number('bytimerelative');
  const isTraced = bound.has('bytrace');
  checkConstant(bound, compilation, 'notify', notify, readNotify);
  checkConstant(bound, compilation, 'ret', ret, readRet);
  checkConstant(bound, compilation, 'bymode', mode, readMode);
  checkConstant(bound, compilation, 'bytimeabsolute', absolute, readMoment);
  return (run) => {
    const atMs =
      relative === null ? valueOf(run, 'bytimeabsolute', absolute, readMoment) : run.input.nowMs + relative * 1000;
    return {
      notify: valueOf(run, 'notify', notify, readNotify),
      ret: valueOf(run, 'ret', ret, readRet),
      deliverBy: atMs === null ? null : { atMs, mode: valueOf(run, 'bymode', mode, readMode) ?? 'N', isTraced },
    };
  };
}

function checkConstant<T>(
  bound: Bound,
  compilation: Compilation,
  tag: string,
  text: Text | null | undefined,
  read: (text: string) => T | null,
): void {
  const constant = text?.constant ?? null;
  if (constant !== null && read(constant) === null)
    throw scriptFault(compilation, bound.span(tag), { code: 'badValue', name: `:${tag}`, value: constant });
}

function valueOf<T>(run: Run, tag: string, text: Text | null | undefined, read: (text: string) => T | null): T | null {
  if (text === null || text === undefined) return null;
  const value = text.get(run);
  const found = read(value);
  if (found === null) throw runFault(run, { code: 'badRunValue', name: `:${tag}`, value: value.slice(0, 100) });
  return found;
}

function readNotify(text: string): RedirectAction['notify'] {
  const words = text
    .toUpperCase()
    .split(',')
    .map((word) => word.trim());
  if (words.length === 1 && words[0] === 'NEVER') return ['NEVER'];
  const events = (['SUCCESS', 'FAILURE', 'DELAY'] as const).filter((event) => words.includes(event));
  return events.length === words.length ? events : null;
}

function readRet(text: string): RedirectAction['ret'] {
  const word = text.toUpperCase();
  return word === 'FULL' || word === 'HDRS' ? word : null;
}

function readMode(text: string): 'N' | 'R' | null {
  const word = text.toLowerCase();
  return word === 'notify' || word === 'n' ? 'N' : word === 'return' || word === 'r' ? 'R' : null;
}

function readMoment(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

function rejectCommand(kind: 'reject' | 'ereject'): CommandBuilder {
  return (bound) => {
    const reason = bound.text('reason');
    return (run) => {
      planAction(run, { kind, line: run.line, reason: reason.get(run) });
      run.keepsImplicitly = false;
      return 'next';
    };
  };
}

/** RFC 5435 §3, RFC 5436. Nobody is notified of what a program sent, or two would notify each other for ever (RFC 5436 §2.7.1). */
function notifyCommand(bound: Bound, compilation: Compilation): RunCommand {
  const method = bound.text('method');
  if (method.constant !== null && readMailto(method.constant) === null)
    throw scriptFault(compilation, bound.span('method'), { code: 'badUri', uri: method.constant });
  const [from, message, importance] = ['from', 'message', 'importance'].map((tag) => bound.optionalText(tag));
  checkConstant(bound, compilation, 'importance', importance, readImportance);
  checkConstant(bound, compilation, 'from', from, readSieveAddress);
  const options = bound.texts('options');
  const fcc = fccOf(bound);
  return (run) => {
    const uri = method.get(run);
    const mailto = readMailto(uri);
    if (mailto === null) throw runFault(run, { code: 'badRunValue', name: 'notify', value: uri.slice(0, 200) });
    if (isAutoSubmitted(run.input.message)) {
      run.withheld.push({ kind: 'notify', line: run.line, why: 'autoSubmitted' });
      run.note = 'autoSubmitted';
      return 'next';
    }
    const sender = valueOf(run, 'from', from, readSieveAddress);
    planAction(run, {
      kind: 'notify',
      line: run.line,
      ...mailto,
      from: sender,
      importance: valueOf(run, 'importance', importance, readImportance) ?? 2,
      message: message?.get(run) ?? null,
      options: options.map((text) => text.get(run)),
      fcc: fcc(run),
    });
    return 'next';
  };
}

function readImportance(text: string): 1 | 2 | 3 | null {
  return text === '1' ? 1 : text === '2' ? 2 : text === '3' ? 3 : null;
}

/** RFC 5463 §5. */
function errorCommand(bound: Bound): RunCommand {
  const message = bound.text('message');
  return (run) => {
    throw runFault(run, { code: 'scriptError', message: message.get(run).slice(0, 1_000) });
  };
}
