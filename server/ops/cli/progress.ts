/** A bar on the standard error while something long is done: only on a terminal, and not where JSON is asked for. */
import { stderr } from 'node:process';

import type { Command } from 'commander';

import { wantsJson } from './context.ts';

export interface ProgressBar {
  /** @param total about; what is beyond it shows as done. */
  show(label: string, done: number, total: number): void;
  /** Takes the bar away, so that other lines can be written. */
  clear(): void;
}

const drawnEveryMs = 100;
const cells = 30;

export function progressBar(command: Command): ProgressBar {
  const isShown = stderr.isTTY && !wantsJson(command);
  let drawnAt = -drawnEveryMs;
  return {
    show(label, done, total) {
      const now = performance.now();
      if (!isShown || (now - drawnAt < drawnEveryMs && done < total)) return;
      drawnAt = now;
      stderr.write(`\r\u001B[K${printBar(label, done, total)}`);
    },
    clear() {
      if (isShown) stderr.write('\r\u001B[K');
    },
  };
}

export function printBar(label: string, done: number, total: number): string {
  const share = total <= 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * cells);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${label.padEnd(12)} [${'#'.repeat(full)}${'.'.repeat(cells - full)}] ${percent} %  ${done}`;
}
