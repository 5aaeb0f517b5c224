/**
 * A corpus of real-world-like messages, the same for the same seed. `node fuzz/corpus/messages.ts FOLDER [count] [seed]`
 * writes them as files, for other programs to chew on.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chanceOf } from './chance.ts';
import { giants, kinds, type Writer } from './kinds.ts';

export interface CorpusMessage {
  /** Its kind and its number: `bounce-17`. */
  readonly name: string;
  readonly octets: Buffer;
}

/** `count` messages, all kinds in turn, and then one of each giant. Made one at a time: the giants are large. */
export function* writeCorpus(seed: number, count: number): Generator<CorpusMessage> {
  const usual: readonly (readonly [string, Writer])[] = Object.entries(kinds);
  for (let number = 0; number < count; number++) {
    const [kind, write] = usual[number % usual.length] ?? ['', () => Buffer.alloc(0)];
    yield { name: `${kind}-${number}`, octets: write(chanceOf(seed + number)) };
  }
  for (const [kind, write] of Object.entries(giants)) yield { name: kind, octets: write(chanceOf(seed)) };
}

if (import.meta.main) {
  const [folder = 'corpus', count = '3000', seed = '1'] = process.argv.slice(2);
  mkdirSync(folder, { recursive: true });
  for (const { name, octets } of writeCorpus(Number(seed), Number(count)))
    writeFileSync(join(folder, `${name}.eml`), octets);
}
