/** What filters did with a message, out of the stops of its passport: one row an action, in order. */
import { isObject, listOr, object, textOr } from '#web/sync/shape.ts';
import { t } from '#web/words/filters.ts';

export function readFilterStops(
  passport: Readonly<Record<string, unknown>> | undefined,
): readonly (readonly [name: string, value: string])[] {
  return listOr(passport?.['stops'], object).flatMap(({ stop, details }) => {
    if (stop !== 'filter' || !isObject(details)) return [];
    const script = textOr(details['script'], '');
    const did = sayDone(details);
    const line = typeof details['line'] === 'number' ? details['line'] : 0;
    const value = line > 0 && script !== '' ? t('line', { did, line }) : did;
    return [[script === '' ? t('vacation') : t('filter', { script }), value] as const];
  });
}

/** An action a newer server knows is said by its own word. */
function sayDone(details: Readonly<Record<string, unknown>>): string {
  const text = (name: string): string => textOr(details[name], '');
  const to = text('to');
  const mailbox = text('mailbox');
  switch (text('result')) {
    case 'forbidden':
      return t('not_forbidden', { to });
    case 'loop':
      return t('not_loop', { to });
    case 'tooMany':
      return t('not_tooMany', { to });
    case 'already':
      return t('not_already', { to });
    case 'list':
      return t('not_list', { to });
    case 'withheld':
      return t('not_withheld');
    case 'noSuchMailbox':
      return t('not_noSuchMailbox', { mailbox });
    default:
      return sayAction(text('action'), to, mailbox, text('because'));
  }
}

function sayAction(action: string, to: string, mailbox: string, because: string): string {
  switch (action) {
    case 'keep':
      return t('did_keep');
    case 'fileinto':
      return t('did_fileinto', { mailbox });
    case 'redirect':
      return t('did_redirect', { to });
    case 'vacation':
      return t('did_vacation', { to });
    case 'notify':
      return t('did_notify', { to });
    case 'discard':
      return t('did_discard');
    case 'apply':
      return t('did_apply');
    case 'fail':
      return t('did_fail', { because });
    default:
      return action;
  }
}
