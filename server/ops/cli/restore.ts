/** `pli restore FOLDER`: a backup into an empty store, verified at the end. */
import type { Command } from 'commander';

import { BadBackup } from '#server/ops/backup/manifest.ts';
import { restore } from '#server/ops/backup/restore.ts';
import { type Finding, verifyStore } from '#server/ops/verify/verify.ts';

import { addCommonOptions, BadUsage, print, withStore } from './context.ts';
import { progressBar } from './progress.ts';

export function register(command: Command): void {
  addCommonOptions(command)
    .argument('<folder>', 'what pli backup made')
    .action((folder: string, _flags: object, self: Command) =>
      withStore(self, async ({ store, config }) => {
        const bar = progressBar(self);
        const manifest = await restore(store, folder, ({ stage, done, total }) => bar.show(stage, done, total)).catch(
          (error: unknown) => {
            throw error instanceof BadBackup ? new BadUsage(error.message) : error;
          },
        );
        const storeOptions = { databaseUrl: config.database.url, blobsUrl: config.blobs.url };
        const problems: Finding[] = [];
        for await (const finding of verifyStore(store, storeOptions, ({ area, done, total }) =>
          bar.show(`verify ${area}`, done, total),
        ))
          if (finding.kind === 'problem') problems.push(finding);
        bar.clear();
        const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
        const result = { folder, createdAt: manifest.createdAt, rows, files: manifest.blobs.files, problems };
        print(self, result, () => [
          `${rows} rows and ${manifest.blobs.files} files restored, as of ${manifest.createdAt}.`,
          ...problems.map(({ area, sentence }) => `problem: ${area}: ${sentence}`),
        ]);
        if (problems.length > 0) process.exitCode = 1;
      }),
    );
}
