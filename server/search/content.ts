/** From a message's texts to the terms of its document: bounded as the store asks, the same for all who hold it. */
import type { WordForms } from '#formats/text/forms.ts';
import { eachWord } from '#formats/text/words.ts';
import {
  maxContentOctets,
  maxPositions,
  maxTimes,
  type SearchContent,
  termOverheadOctets,
} from '#server/store/search.ts';

import type { FieldLetter } from './fields.ts';

/** What of a message can be searched. Addresses are `name address`, one text each; body is one text a part. */
export interface SearchableMessage {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly attachmentNames: readonly string[];
  readonly body: readonly string[];
}

/** Words indexed of each field: a list of two thousand recipients and a long text both fit. */
const maxWords = { from: 500, recipients: 15_000, subject: 1_000, attachmentNames: 1_000, body: 12_000 };

const positionOctets = 2;

export function contentOf(message: SearchableMessage): SearchContent {
  const draft = newDraft();
  draft.read('s', [message.subject], maxWords.subject, ['s']);
  draft.read('f', message.from, maxWords.from, [], 'h');
  draft.read('t', message.to, maxWords.recipients, [], 'h');
  draft.read('c', message.cc, maxWords.recipients, [], 'h');
  draft.read('d', message.bcc, maxWords.recipients, [], 'h');
  draft.read('n', message.attachmentNames, maxWords.attachmentNames, ['n', 'b'], 'b');
  draft.read('b', message.body, maxWords.body, ['b']);
  return draft.finish();
}

function newDraft() {
  const runs: string[][] = [];
  const times = new Map<string, number>();
  const extras = new Set<string>();
  let octets = 0;

  /** Whether there is room for one more term. */
  const charge = (term: string): boolean => {
    const cost = Buffer.byteLength(term) + termOverheadOctets;
    if (octets + cost > maxContentOctets) return false;
    octets += cost;
    return true;
  };
  const place = (run: string[], term: string): void => {
    const before = times.get(term) ?? 0;
    const hasRoom = before > 0 ? octets + positionOctets <= maxContentOctets : charge(term);
    if (!hasRoom || before >= maxTimes) {
      run.push('');
      return;
    }
    octets += positionOctets;
    times.set(term, before + 1);
    run.push(term);
  };
  const add = (term: string): void => {
    if (!extras.has(term) && !times.has(term) && charge(term)) extras.add(term);
  };
  return {
    /** Words of `texts` in order under `letter`, with their stems under `stemmed`, and as written under `also`. */
    read(
      letter: FieldLetter,
      texts: readonly string[],
      most: number,
      stemmed: readonly FieldLetter[],
      also?: FieldLetter,
    ): void {
      const run: string[] = [];
      const addForms = (forms: WordForms): void => {
        if (also) add(also + forms.exact);
        for (const other of stemmed) for (const stem of forms.stems) add(other + stem);
      };
      const visitor = {
        word(forms: WordForms) {
          place(run, letter + forms.exact);
          addForms(forms);
        },
        compound(forms: WordForms) {
          add(letter + forms.exact);
          addForms(forms);
        },
      };
      for (const text of texts) {
        const room = Math.min(most, maxPositions) - run.length;
        if (room <= 0) break;
        if (run.length > 0) run.push('');
        eachWord(text, visitor, { maxWords: room - 1 });
      }
      if (run.length > 0) runs.push(run);
    },
    finish: (): SearchContent => ({ runs, extras: [...extras].filter((term) => !times.has(term)) }),
  };
}
