/** Why an import stands still, in words; nothing for what this version does not know. */
import { t } from '#web/words/imports.ts';

const problems = [
  'badCredentials',
  'passwordNeeded',
  'unreachable',
  'notAllowed',
  'badCertificate',
  'noTls',
  'badServer',
  'overQuota',
  'badFile',
  'expired',
] as const;

export function problemText(problem: string): string {
  const known = problems.find((one) => one === problem);
  return known === undefined ? problem : t(`problem.${known}`);
}

const reasons = ['tooLarge', 'unreadable', 'gone', 'badFolder'] as const;

export function reasonText(reason: string): string {
  const known = reasons.find((one) => one === reason);
  return known === undefined ? reason : t(`reason.${known}`);
}
