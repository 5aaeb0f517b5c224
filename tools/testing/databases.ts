/**
 * Runs the same tests on both databases, each in a place of its own: a temporary folder, and for PostgreSQL a
 * database of its own too. `npm test` starts one cluster for all test files; a file run alone starts its own.
 *
 *     forEachDatabase((name, databaseUrl, folder) => { test('…', async () => { … }) });
 */
import { after, before, describe } from 'node:test';
import { needPostgres } from '#tools/needs/postgres.ts';
import { makePlace, planPlace, removePlace, type DatabaseName } from './places.ts';
import { givenTemplate } from './template.ts';

const databaseNames: readonly DatabaseName[] = ['sqlite', 'postgres'];

/** A superuser's URL of the PostgreSQL the tests use. */
export const { url: clusterUrl } = await needPostgres();

/**
 * Describes the tests once per database.
 *
 * @param work gets the database's URL, made before its first hook runs and with nothing in it but perhaps the tables,
 *   and a folder for anything else (blobs, keys); both are gone after the last hook.
 */
export function forEachDatabase(work: (name: DatabaseName, databaseUrl: string, folder: string) => void): void {
  for (const name of databaseNames) {
    describe(name, () => {
      const place = planPlace(name, clusterUrl);
      before(() => makePlace(place, givenTemplate()));
      work(name, place.databaseUrl, place.folder);
      after(() => removePlace(place));
    });
  }
}
