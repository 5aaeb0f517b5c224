/**
 * Running a compiled script on one message. Synchronous, pure, bounded; never throws for what a script or a message may hold: a fault of the run
 * is in the outcome, beside the keep that saves the message (RFC 5228 §2.10.6).
 */
import { openBody } from './body.ts';
import { openDraft } from './draft.ts';
import { SieveError } from './error.ts';
import { runLimits } from './limits.ts';
import { takeEdited, Unanswered, type Run } from './run.ts';
import type { Finished, Outcome, Script, SieveInput } from './types.ts';

/** See types.ts for the contract; ask again from the beginning once an `unanswered` outcome's questions have answers. */
export function evaluate(script: Script, input: SieveInput): Outcome {
  const run = openRun(input);
  try {
    openBody(script.run)(run);
    if (run.keepsImplicitly)
      run.actions.push({ kind: 'keep', line: 0, isImplicit: true, flags: run.flags, edited: takeEdited(run) });
  } catch (error) {
    if (error instanceof Unanswered)
      return { kind: 'unanswered', questions: error.questions, matchWork: run.spent.matchWork };
    if (error instanceof SieveError) return failed(run, error);
    throw error;
  }
  const { actions, duplicates, withheld, steps } = run;
  return { kind: 'finished', actions, error: null, duplicates, withheld, steps: steps ?? [] };
}

function openRun(input: SieveInput): Run {
  return {
    input,
    limits: input.limits === undefined ? runLimits : { ...runLimits, ...input.limits },
    draft: openDraft(input.message),
    actions: [],
    duplicates: [],
    withheld: [],
    steps: input.wantsSteps === true ? [] : null,
    globals: new Map(),
    included: new Set(),
    flags: [],
    frame: { script: null, chain: [], variables: new Map(), shared: new Set(), matches: [] },
    keepsImplicitly: true,
    loop: null,
    breaksTo: null,
    bodies: new Map(),
    line: 0,
    hasVacation: false,
    note: null,
    looked: [],
    spent: {
      evaluations: 0,
      matchWork: 0,
      includes: 0,
      variables: 0,
      addedFields: 0,
      questions: 0,
      rewrites: 0,
      editedOctets: 0,
    },
  };
}

/** The message as it came is kept, and nothing else happens. */
function failed(run: Run, error: SieveError): Finished {
  return {
    kind: 'finished',
    actions: [{ kind: 'keep', line: 0, isImplicit: true, flags: [], edited: null }],
    error,
    duplicates: [],
    withheld: [],
    steps: run.steps ?? [],
  };
}
