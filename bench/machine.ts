/** The machine under the measurement, so that a figure can be read beside what the machine gave for it. */
import { readFileSync } from 'node:fs';

interface Clock {
  readonly stolen: number;
  readonly all: number;
}

/**
 * What the host of a virtual machine kept for others while `work` ran: a rate measured meanwhile is lower by about that.
 *
 * @returns in percent of all processors' time; 0 where the kernel does not say.
 */
export async function stolenDuring(work: () => Promise<void>): Promise<number> {
  const before = readClock();
  await work();
  const after = readClock();
  const all = after.all - before.all;
  return all > 0 ? (100 * (after.stolen - before.stolen)) / all : 0;
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, then what user already holds. */
function readClock(): Clock {
  try {
    const ticks =
      readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
    return { stolen: ticks[7] ?? 0, all: ticks.reduce((sum, part) => sum + part, 0) };
  } catch {
    return { stolen: 0, all: 0 };
  }
}
