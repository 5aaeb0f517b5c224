/** The process behind commands.ts: runs each command it is sent, and answers with all that it said. */
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import { run } from '#server/ops/cli/run.ts';

interface Asked {
  readonly words: readonly string[];
  readonly input: string;
}

type Write = typeof process.stdout.write;

/** Collects what is written instead of printing it. */
function collect(pieces: string[]): Write {
  return (piece: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString());
    const written = rest.at(-1);
    if (typeof written === 'function') process.nextTick(written);
    return true;
  };
}

async function runHere({ words, input }: Asked) {
  const out: string[] = [];
  const err: string[] = [];
  const { stdout, stderr } = process;
  const [printsOut, printsErr] = [stdout.write, stderr.write];
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([Buffer.from(input)]) });
  // Whoever imports the standard input by name gets this one.
  syncBuiltinESMExports();
  stdout.write = collect(out);
  stderr.write = collect(err);
  try {
    process.exitCode = undefined;
    const code = await run(words);
    return { code, out: out.join(''), err: err.join('') };
  } finally {
    stdout.write = printsOut;
    stderr.write = printsErr;
  }
}

// A fault of ours ends the process, as it ends that of a command.
process.on('message', (asked: Asked) => void runHere(asked).then((ran) => process.send?.(ran)));
process.once('disconnect', () => process.exit());
