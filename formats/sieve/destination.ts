/** Where a message or the copy of a sent one is filed, from the tags that `fileinto` and `:fcc` share (RFC 5490, RFC 8579, RFC 8580, RFC 9042). */
import type { Bound } from './bind.ts';
import { readFlags } from './flags.ts';
import { runFault, type Run } from './run.ts';
import type { Text } from './text.ts';
import type { Destination, Fcc } from './types.ts';

/** RFC 5232 §5: flags of the tag, else those of the internal variable. */
export function flagsOf(bound: Bound): (run: Run) => readonly string[] {
  const texts = bound.optionalTexts('flags');
  return (run) => (texts === null ? run.flags : readFlags(texts.map((text) => text.get(run))));
}

/** A place to file, from the tags that `fileinto` and `:fcc` share. */
export function destinationOf(
  bound: Bound,
  mailbox: Text,
  flags: (run: Run) => readonly string[],
): (run: Run) => Destination {
  const [id, use] = [bound.optionalText('mailboxid'), bound.optionalText('specialuse')];
  const create = bound.has('create');
  return (run) => {
    const name = mailbox.get(run);
    if (name === '' || /\p{Cc}/u.test(name))
      throw runFault(run, { code: 'badRunValue', name: bound.node.name, value: name.slice(0, 100) });
    return {
      mailbox: name,
      mailboxId: id?.get(run) ?? null,
      specialUse: use?.get(run) ?? null,
      create,
      flags: flags(run),
    };
  };
}

/** The copy of what is sent (RFC 8580 §3); its flags are those of the tag alone. */
export function fccOf(bound: Bound): (run: Run) => Fcc | null {
  const mailbox = bound.optionalText('fcc');
  if (mailbox === null) return () => null;
  const texts = bound.texts('flags');
  return destinationOf(bound, mailbox, (run) => readFlags(texts.map((text) => text.get(run))));
}
