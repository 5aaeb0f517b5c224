/** Whether an automatic answer may be sent at all (RFC 5230 §4.5, §4.6; RFC 3834 §2): never to lists, programs, bulk mail, spam or oneself. */
import { foldAscii } from './fold.ts';
import type { FieldValue, SieveInput, SieveMessage, WithheldReason } from './types.ts';

/** From this certainty of spam on nobody is answered: the sender is surely forged. */
const SPAM_PERCENT = 50;
/** Local parts of programs (RFC 5230 §4.6), and of those who say that nobody reads. */
const SYSTEM_SENDER =
  /^(?:mailer-daemon|postmaster|listserv|majordomo|mailman|double-bounce|owner-.*|.*-(?:owner|request|bounces?)|bounces?(?:[-+=].*)?|(?:no|ne|do-?not|ne-?pas)[-_.]?(?:reply|repondre|r[ée]pondre)(?:[-+_.=].*)?)$/u;
const LIST_FIELDS = [
  'list-id',
  'list-help',
  'list-subscribe',
  'list-unsubscribe',
  'list-post',
  'list-owner',
  'list-archive',
  'mailing-list',
];
const RECIPIENT_FIELDS = ['to', 'cc', 'bcc', 'resent-to', 'resent-cc', 'resent-bcc'];

export type Manners =
  | { readonly kind: 'withheld'; readonly why: WithheldReason }
  /** `address` is the own one that the message was sent to. */
  | { readonly kind: 'allowed'; readonly address: string };

/** @param addresses further own addresses, as the script gives them (RFC 5230 §4.5). */
export function checkManners(input: SieveInput, addresses: readonly string[]): Manners {
  const own = [...input.ownAddresses, ...addresses];
  const address = addressedTo(input, own);
  const why = reasonAgainst(input, own) ?? (address === null ? 'notAddressed' : null);
  return why === null ? { kind: 'allowed', address: address ?? '' } : { kind: 'withheld', why };
}

function reasonAgainst(input: SieveInput, own: readonly string[]): WithheldReason | null {
  const sender = foldAscii(input.envelope.from);
  if (sender === '' || sender === '<>') return 'nullSender';
  if (SYSTEM_SENDER.test(sender.slice(0, Math.max(0, sender.lastIndexOf('@'))))) return 'systemSender';
  if (own.some((address) => foldAscii(address) === sender)) return 'ownSender';
  const fields = (name: string): readonly FieldValue[] => input.message.fieldsNamed(name);
  if (isAutoSubmitted(input.message)) return 'autoSubmitted';
  if (LIST_FIELDS.some((name) => fields(name).length > 0)) return 'mailingList';
  const precedence = [...fields('precedence'), ...fields('x-precedence')];
  if (precedence.some(({ folded }) => /^(?:bulk|junk|list)\b/.test(folded))) return 'bulk';
  if (fields('feedback-id').length > 0 || fields('x-auto-reply').length > 0) return 'bulk';
  if (fields('x-auto-response-suppress').some(({ folded }) => /\b(?:all|oof|autoreply)\b/.test(folded)))
    return 'suppressed';
  if ((input.spamPercent ?? 0) >= SPAM_PERCENT || fields('x-spam-flag').some(({ folded }) => folded.startsWith('yes')))
    return 'spam';
  return null;
}

/** Whether a program sent it: `no` alone, perhaps with parameters, means a person (RFC 3834 §5). */
export function isAutoSubmitted(message: SieveMessage): boolean {
  return message.fieldsNamed('auto-submitted').some(({ folded }) => !/^no\s*(?:[;(]|$)/.test(folded));
}

function addressedTo(input: SieveInput, own: readonly string[]): string | null {
  const known = new Map(own.map((address) => [foldAscii(address), address]));
  for (const name of RECIPIENT_FIELDS) {
    for (const field of input.message.fieldsNamed(name)) {
      for (const { all, user, localPart, domain } of field.addresses()) {
        const base = user === localPart ? all.folded : `${user.folded}@${domain.folded}`;
        const found = known.get(all.folded) ?? known.get(base);
        if (found !== undefined) return found;
      }
    }
  }
  return null;
}
