/**
 * The text of a CSV file whose encoding nobody names: UTF-8 (with or without a byte order mark), or windows-1252 as
 * spreadsheets of French offices still write it. Decided at the first octet above 127, once for the whole file.
 */

export interface TextDecoding {
  /** @returns the text of the next octets; what is cut in the middle waits for more. */
  push(octets: Uint8Array): string;
  end(): string;
  /** Known once something other than ASCII was read. */
  readonly encoding: 'ascii' | 'utf-8' | 'windows-1252';
}

/** Octets that must be valid UTF-8 for the file to be taken for it, or as many as there are. */
const sampleOctets = 64 * 1024;

export function decodeCsv(): TextDecoding {
  let encoding: TextDecoding['encoding'] = 'ascii';
  let decoder = new TextDecoder('utf-8');
  return {
    push(octets) {
      const from = encoding === 'ascii' ? octets.findIndex((octet) => octet > 0x7f) : -1;
      if (from >= 0) {
        encoding = isUtf8(octets.subarray(from, from + sampleOctets)) ? 'utf-8' : 'windows-1252';
        // So far all was ASCII, which both read alike.
        if (encoding === 'windows-1252') decoder = new TextDecoder('windows-1252');
      }
      return decoder.decode(octets, { stream: true });
    },
    end: () => decoder.decode(),
    get encoding() {
      return encoding;
    },
  };
}

/** Whether this is UTF-8, a character cut at the end allowed. */
function isUtf8(octets: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(octets, { stream: true });
    return true;
  } catch {
    return false;
  }
}
