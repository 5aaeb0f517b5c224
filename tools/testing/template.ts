/**
 * A PostgreSQL database with all tables and no rows, of which those of the tests are copies: making the tables costs
 * PostgreSQL four times as much, and a hundred test files need a database. `npm test` makes it; a file run alone does
 * without, and so do the tests that begin with nothing.
 */
import { env } from 'node:process';
import { openStore } from '#server/store/open.ts';
import { makePlace, planPlace, removePlace } from './places.ts';

const variable = 'PLI_TEST_DATABASE_TEMPLATE';

/** Its name, where there is one. */
export const givenTemplate = (): string | undefined => env[variable];

/** Makes it, and tells the processes that start from now on. @returns removes it. */
export async function makeTemplate(clusterUrl: string): Promise<() => Promise<void>> {
  const place = planPlace('postgres', clusterUrl);
  await makePlace(place);
  const store = await openStore({ databaseUrl: place.databaseUrl, blobsUrl: `file:${place.folder}/blobs` });
  await store.close();
  env[variable] = new URL(place.databaseUrl).pathname.slice(1);
  return () => removePlace(place);
}
