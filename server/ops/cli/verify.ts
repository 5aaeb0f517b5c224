/** `pli verify`: is everything that is kept as it should be? Exit code 1 when something is not. */
import type { Command } from 'commander';

import { type Finding, verifyStore } from '#server/ops/verify/verify.ts';

import { addCommonOptions, print, wantsJson, withStore } from './context.ts';
import { progressBar } from './progress.ts';

/** A broken table would say the same a million times. */
const keptAtMost = 1000;

export function register(command: Command): void {
  addCommonOptions(command).action((_flags: object, self: Command) =>
    withStore(self, async ({ store, config }) => {
      const bar = progressBar(self);
      const startedAt = performance.now();
      const storeOptions = { databaseUrl: config.database.url, blobsUrl: config.blobs.url };
      const findings: Finding[] = [];
      const count = { problem: 0, note: 0 };
      for await (const finding of verifyStore(store, storeOptions, ({ area, done, total }) =>
        bar.show(area, done, total),
      )) {
        count[finding.kind] += 1;
        if (findings.length < keptAtMost) findings.push(finding);
        bar.clear();
        if (!wantsJson(self)) console.log(`${finding.kind}: ${finding.area}: ${finding.sentence}`);
      }
      bar.clear();
      const seconds = (performance.now() - startedAt) / 1000;
      const result = { problems: count.problem, notes: count.note, seconds, findings };
      print(self, result, () => [
        `${count.problem === 0 ? 'No problem' : `Problems: ${count.problem}`}; notes: ${count.note}; ${seconds.toFixed(1)} s.`,
      ]);
      if (count.problem > 0) process.exitCode = 1;
    }),
  );
}
