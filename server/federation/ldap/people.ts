/**
 * People of a directory as lines of people.csv: another source of rows, and nothing else, for directory/import.ts. Pages as
 * large as every server gives (RFC 2696), each bounded; a directory that is lost in the middle ends the import with a fault,
 * so that nobody is taken to be missing because of it.
 */
import { type CsvRecord, csvLimits } from '#formats/csv/read.ts';
import type { Entry } from 'ldapts';

import type { Provider } from '#server/federation/queries.ts';
import type { LdapSettings } from '#server/federation/settings.ts';
import type { Store } from '#server/store/store.ts';

import { bindAsService } from './bind.ts';
import { attributesOf, type DirectoryEntry, fieldsOf, mappingOf, readColumns } from './columns.ts';
import { readingDirectory, readLimits } from './connect.ts';
import { bindPasswordOf } from './directory.ts';
import { parseFilter } from './filter.ts';

const entriesPerPage = 500;
const entriesAtMost = 5_000_000;

/** The first record names the columns; a line is the place of an entry in the answer. @throws {ProviderFault} */
export async function* readPeople(
  store: Store,
  provider: Provider & { readonly settings: LdapSettings },
): AsyncGenerator<readonly CsvRecord[]> {
  const { settings } = provider;
  const mapping = mappingOf(settings.attributes);
  yield [{ line: 0, fields: readColumns, problem: undefined }];
  let line = 0;
  const asked = { base: settings.base, filter: settings.peopleFilter, attributes: attributesOf(mapping) };
  for await (const entries of searchPages(settings, bindPasswordOf(store, provider), asked)) {
    yield entries.map((entry) => {
      line += 1;
      return recordOf(line, fieldsOf(entry, mapping));
    });
  }
}

function recordOf(line: number, fields: readonly string[]): CsvRecord {
  const isTooLong = fields.some((field) => field.length > csvLimits.fieldCharacters);
  return { line, fields: isTooLong ? [] : fields, problem: isTooLong ? 'tooLong' : undefined };
}

export interface AskedEntries {
  readonly base: string;
  readonly filter: string;
  readonly attributes: readonly string[];
}

/** Entries page by page. @throws {ProviderFault} */
export function searchPages(
  settings: LdapSettings,
  bindPassword: string | undefined,
  { base, filter, attributes }: AskedEntries,
): AsyncGenerator<readonly DirectoryEntry[]> {
  return readingDirectory(settings, readLimits, async function* read(directory) {
    await bindAsService(directory, settings, bindPassword);
    let count = 0;
    const pages = directory.client.searchPaginated(base, {
      scope: 'sub',
      filter: parseFilter(filter),
      attributes: [...attributes],
      paged: { pageSize: entriesPerPage },
    });
    for await (const { searchEntries } of pages) {
      directory.renew();
      count += searchEntries.length;
      if (count > entriesAtMost) throw new Error(`more than ${entriesAtMost} entries`);
      yield searchEntries.map(entryOf);
    }
  });
}

/** Values that are no text (photographs, keys) are none. */
function entryOf(entry: Entry): DirectoryEntry {
  const values = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(entry)) {
    if (name === 'dn') continue;
    const all = Array.isArray(value) ? value : [value];
    const texts = all.filter((one) => typeof one === 'string').filter((one) => one.trim() !== '');
    if (texts.length > 0) values.set(name.toLowerCase(), texts);
  }
  return { dn: entry.dn, values };
}
