/** A PostgreSQL cluster of our own that can be killed and started again on the same data. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startCluster } from '#tools/needs/postgres.ts';
import { until } from './house.ts';

export interface MortalCluster {
  readonly url: string;
  /** Every process of it ends at once, as when its machine loses power. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function startMortalCluster(): Promise<MortalCluster> {
  const cluster = await startCluster();
  const [row] = await ask(
    cluster.url,
    `select current_setting('data_directory') as data, current_setting('port') as port,
      (select setting from pg_config where name = 'BINDIR') as binaries`,
  );
  const { data, port, binaries } = row ?? {};
  if (data === undefined || port === undefined || binaries === undefined)
    throw new Error('The cluster does not say where it is');
  const pidFile = join(data, 'postmaster.pid');
  const { uid, gid } = statSync(data);
  let ours: ChildProcess | undefined;
  process.once('exit', () => ours?.kill('SIGQUIT'));

  const kill = async (): Promise<void> => {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    // SIGQUIT is immediate shutdown: nothing is written any more, and the next start recovers from the log.
    process.kill(pid, 'SIGQUIT');
    await until(() => !isAlive(pid));
    ours = undefined;
  };
  return {
    url: cluster.url,
    kill,
    async start() {
      rmSync(pidFile, { force: true });
      const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
      const words = ['-D', data, '-p', port, ...settings.flatMap((value) => ['-c', value])];
      // PostgreSQL refuses root: it runs as whoever its data belongs to.
      const child = spawn(join(binaries, 'postgres'), words, { uid, gid, cwd: data, stdio: 'ignore' });
      ours = child;
      child.unref();
      await until(() =>
        ask(cluster.url, 'select 1').then(
          () => true,
          () => false,
        ),
      );
    },
    async remove() {
      if (existsSync(pidFile)) await kill().catch(() => {});
      await cluster.stop();
    },
  };
}

function isAlive(pid: number): boolean {
  // A zombie waits for its parent, which may be busy: it holds nothing any more.
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]);
  const state = stdout.toString().trim();
  return state !== '' && !state.startsWith('Z');
}

async function ask(url: string, statement: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, string>>(statement)).rows;
  } finally {
    await client.end();
  }
}
