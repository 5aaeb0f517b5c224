/**
 * A world out of answers that were found: the shell's half of the contract in types.ts.
 *
 *     const answers = createAnswers();
 *     let outcome = evaluate(script, { …, world: answers.world });
 *     while (outcome.kind === 'unanswered') {
 *       for (const question of outcome.questions) answers.add(question, await find(question));
 *       outcome = evaluate(script, { …, world: answers.world });
 *     }
 *
 * It ends: each round answers at least one question that was never asked before, and `RunLimits.questions` bounds how many there are. So that
 * two thousand rounds do not cost two thousand times what one may, each has to make do with what its forerunners left of `roundsWork`.
 */
import type { Answers, Question, QuestionOf, World } from './types.ts';

export interface FoundAnswers {
  readonly world: World;
  readonly add: <Kind extends Question['kind']>(question: QuestionOf<Kind>, answer: Answers[Kind]) => void;
}

export function createAnswers(): FoundAnswers {
  const found: { readonly [Kind in Question['kind']]: Map<string, Answers[Kind]> } = {
    mailboxExists: new Map(),
    specialUseExists: new Map(),
    mailboxMetadata: new Map(),
    serverMetadata: new Map(),
    duplicateSeen: new Map(),
    include: new Map(),
    listExists: new Map(),
    listContains: new Map(),
  };
  return {
    world: {
      mailboxExists: (question) => found.mailboxExists.get(questionKey(question)),
      specialUseExists: (question) => found.specialUseExists.get(questionKey(question)),
      mailboxMetadata: (question) => found.mailboxMetadata.get(questionKey(question)),
      serverMetadata: (question) => found.serverMetadata.get(questionKey(question)),
      duplicateSeen: (question) => found.duplicateSeen.get(questionKey(question)),
      include: (question) => found.include.get(questionKey(question)),
      listExists: (question) => found.listExists.get(questionKey(question)),
      listContains: (question) => found.listContains.get(questionKey(question)),
    },
    add: (question, answer) => found[question.kind].set(questionKey(question), answer),
  };
}

/** A string that equal questions share. */
export function questionKey(question: Question): string {
  return JSON.stringify(Object.entries(question).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
