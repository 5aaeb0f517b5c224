/** `pli backup FOLDER`: everything the store holds, while the server runs. */
import type { Command } from 'commander';

import { backup } from '#server/ops/backup/backup.ts';
import { BadBackup } from '#server/ops/backup/manifest.ts';

import { addCommonOptions, BadUsage, print, withStore } from './context.ts';
import { progressBar } from './progress.ts';

export function register(command: Command): void {
  addCommonOptions(command)
    .argument('<folder>', 'where the backup goes: a folder that is empty, or is made')
    .action((folder: string, _flags: object, self: Command) =>
      withStore(self, async ({ store }) => {
        const bar = progressBar(self);
        const manifest = await backup(store, folder, ({ stage, done, total }) => bar.show(stage, done, total)).catch(
          (error: unknown) => {
            throw error instanceof BadBackup ? new BadUsage(error.message) : error;
          },
        );
        bar.clear();
        const { createdAt, tables, blobs } = manifest;
        const rows = tables.reduce((sum, table) => sum + table.rows, 0);
        const octets = tables.reduce((sum, table) => sum + table.octets, blobs.octets);
        const result = { folder, createdAt, rows, files: blobs.files, octets };
        print(self, result, () => [
          `${folder}: ${rows} rows, ${blobs.files} files, ${octets} octets, as of ${createdAt}.`,
        ]);
      }),
    );
}
