/** Who a message is for, on one line that opens: an address is what one needs to see when a name may lie. */
import { personName } from '#web/mail/names.ts';
import type { EmailAddress } from '#web/sync/records.ts';
import { t } from '#web/words/read.ts';
import type { Content } from './content.ts';
import css from './reader.module.css';

export function People({ content }: { readonly content: Content }) {
  const { from, to, cc, bcc } = content;
  const writer = writerOf(content);
  const replyTo = isElsewhere(content) ? content.replyTo : [];
  const rows: readonly (readonly [label: string, people: readonly EmailAddress[]])[] = [
    [t('from'), from],
    [t('sender'), writer],
    [t('to'), to],
    [t('cc'), cc],
    [t('bcc'), bcc],
    [t('replyTo'), replyTo],
  ];
  const names = (people: readonly EmailAddress[]) => people.map(personName).join(', ');
  return (
    <>
      {writer.length > 0 && (
        <p className={css['behalf']}>{t('onBehalf', { writer: names(writer), holder: names(from) })}</p>
      )}
      <details className={css['people']}>
        <summary>
          {to.length > 0 ? t('toNames', { names: names(to) }) : t('toNobody')}
          {cc.length > 0 && ` · ${t('ccNames', { names: names(cc) })}`}
        </summary>
        <dl>
          {rows
            .filter(([, people]) => people.length > 0)
            .map(([label, people]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>
                  {people.map((person, index) => (
                    // Somebody may stand twice; the list never changes.
                    // oxlint-disable-next-line react/no-array-index-key
                    <span key={index}>{addressText(person)}</span>
                  ))}
                </dd>
              </div>
            ))}
        </dl>
      </details>
    </>
  );
}

/** Who wrote in somebody else's name, where the message says so. */
function writerOf({ from, sender }: Content): readonly EmailAddress[] {
  const named = new Set(from.map(({ email }) => email.toLowerCase()));
  return sender.filter(({ email }) => !named.has(email.toLowerCase()));
}

/** What stands above the message on paper: the subject, then people and date, a line each. */
export function printHeadOf(content: Content, date: string): readonly string[] {
  const line = (label: string, people: readonly EmailAddress[]) =>
    people.length === 0 ? [] : [t('line', { label, value: people.map(addressText).join(', ') })];
  return [
    content.subject,
    ...line(t('from'), content.from),
    ...line(t('sender'), writerOf(content)),
    t('line', { label: t('date'), value: date }),
    ...line(t('to'), content.to),
    ...line(t('cc'), content.cc),
  ];
}

function addressText({ name, email }: EmailAddress): string {
  return name?.trim() ? `${name.trim()} <${email}>` : email;
}

/** Answers that go somewhere else than to the sender are worth knowing. */
function isElsewhere({ from, replyTo }: Content): boolean {
  const senders = new Set(from.map(({ email }) => email.toLowerCase()));
  return replyTo.some(({ email }) => !senders.has(email.toLowerCase()));
}
