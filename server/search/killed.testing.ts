/** For tests: a process that indexes until it is killed. Arguments: databaseUrl, blobsUrl. Says `ready` once it works. */
import { openStore } from '#server/store/open.ts';

import { startSearch } from './start.ts';

const [, , databaseUrl = '', blobsUrl = ''] = process.argv;
const options = { databaseUrl, blobsUrl };
startSearch(await openStore(options), options, { isIndexing: true });
process.stdout.write('ready\n');
setInterval(() => undefined, 1_000);
