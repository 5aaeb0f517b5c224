/**
 * How long this thread has worked: what a test may hold a bound against. By the clock on the wall the same work takes ten
 * times as long on a machine that has others to serve.
 */
import { threadCpuUsage } from 'node:process';

/** Milliseconds of processor since the thread began. */
export function workedMs(): number {
  const { user, system } = threadCpuUsage();
  return (user + system) / 1000;
}
