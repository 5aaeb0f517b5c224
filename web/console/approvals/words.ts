/** What there is to know of an act before one agrees to it, in one line. */
import { roleNames } from '#web/console/console.ts';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/approvals.ts';
import { changeText } from '#web/words/rules.ts';
import { dayName } from '#web/words/dates.ts';
import { changesIn, numberIn, textIn } from './approvals.ts';
import type { ApprovalRow } from './approvals.ts';

export function aboutText(approval: ApprovalRow): string {
  const role = roleNames.find((one) => one === textIn(approval, 'kind'));
  const unit = textIn(approval, 'unit');
  const endsAt = numberIn(approval, 'endsAt');
  const count = numberIn(approval, 'people');
  const action = textIn(approval, 'action');
  const named = textIn(approval, 'name');
  return [
    ...(role === undefined ? [] : [word(`role.${role}`)]),
    ...(unit === '' ? [] : [unit]),
    ...(endsAt === undefined ? [] : [t('roleUntil', { date: dayName(new Date(endsAt - 1)) })]),
    ...(action === '' ? [] : [actionText(action)]),
    ...(count === undefined ? [] : [t('people', { count })]),
    ...(named === '' ? [] : [named]),
    ...changesIn(approval).map(changeText),
  ].join(' · ');
}

function actionText(action: string): string {
  switch (action) {
    case 'unlock':
    case 'resetPassword':
    case 'resetFactors':
    case 'resendActivation':
    case 'signOut':
    case 'changeQuota':
    case 'suspend':
    case 'block':
    case 'close':
    case 'reopen':
      return word(`act.${action}`);
    default:
      return action;
  }
}
