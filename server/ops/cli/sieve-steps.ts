/** How `pli sieve test` says what a script did: each step, then what would follow. */
import { sieveErrorText } from '#formats/sieve/error-text.ts';
import type { Action, Destination, Finished, Step } from '#formats/sieve/types.ts';

export function explainLines({ steps, actions, withheld, error }: Finished): readonly string[] {
  return [
    ...steps.map(stepLine),
    ...(error ? ['', `failed: ${sieveErrorText(error, 'en')}`] : []),
    ...(steps.length > 0 ? [''] : []),
    ...actions.map(actionLine),
    ...withheld.map(({ kind, line, why }) => `not done: ${kind} (line ${line}): ${why}`),
  ];
}

function stepLine(step: Step): string {
  const at = `${step.script === null ? '' : `${step.script} `}${String(step.line).padStart(4)}`;
  if (step.kind === 'command') return `${at}  ${step.source}${step.note === null ? '' : `   → ${step.note}`}`;
  const values = step.values.length === 0 ? '' : `   (${step.values.map((value) => JSON.stringify(value)).join(', ')})`;
  return `${at}  ${step.source}   → ${step.result ? 'true' : 'false'}${values}`;
}

function actionLine(action: Action): string {
  const edited = 'edited' in action && action.edited !== null ? ', as edited' : '';
  switch (action.kind) {
    case 'keep':
      return `→ keep in the inbox${action.isImplicit ? ' (nothing else was said)' : ''}${flagsOf(action.flags)}${edited}`;
    case 'fileinto':
      return `→ file into ${placeOf(action)}${flagsOf(action.flags)}${edited}`;
    case 'redirect':
      return `→ forward to ${action.to.kind === 'address' ? action.to.address : action.to.list}${edited}`;
    case 'reject':
    case 'ereject':
      return `→ refuse: ${action.reason}`;
    case 'discard':
      return '→ discard';
    case 'vacation':
      return `→ answer ${action.to}, once in ${action.seconds} s: ${action.reason.slice(0, 200)}`;
    case 'notify':
      return `→ notify ${action.to.join(', ')}`;
    default:
      return action satisfies never;
  }
}

function placeOf({ mailbox, mailboxId, specialUse, create }: Destination): string {
  const more = [mailboxId, specialUse].filter((each) => each !== null).join(' or ');
  return `${JSON.stringify(mailbox)}${more === '' ? '' : ` (first ${more})`}${create ? ', made where it is not there' : ''}`;
}

function flagsOf(flags: readonly string[]): string {
  return flags.length === 0 ? '' : `, marked ${flags.join(' ')}`;
}
