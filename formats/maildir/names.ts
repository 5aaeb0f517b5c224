/**
 * Names in maildirs: flags after `:2,`, keywords as letters that `dovecot-keywords` explains, and folders of Maildir++,
 * `.Classes.4e B`, in modified UTF-7.
 */
import { decodeUtf7, printUtf7 } from '#formats/imap/utf7.ts';

/** Stands at the top of an export of ours: its messages are to be taken to the octet. */
export const maildirMarker = 'pli-export';

/** IMAP's names by letter. T is for what was about to go, and has no keyword. */
const flagOfLetter: ReadonlyMap<string, string> = new Map([
  ['S', '\\Seen'],
  ['R', '\\Answered'],
  ['F', '\\Flagged'],
  ['D', '\\Draft'],
  ['P', '$Forwarded'],
]);

const letterOfKeyword: ReadonlyMap<string, string> = new Map([
  ['$seen', 'S'],
  ['$answered', 'R'],
  ['$flagged', 'F'],
  ['$draft', 'D'],
  ['$forwarded', 'P'],
]);

const mostKeywords = 26;
const a = 0x61;

/** The flags of a file name. Some systems have no ":" in names and write ";" or "!" in its stead. */
export function readFlagLetters(fileName: string, keywords: readonly string[]): readonly string[] {
  const letters = /[:;!]2,([A-Za-z]*)$/.exec(fileName)?.[1] ?? '';
  const flags: string[] = [];
  for (const letter of letters) {
    const flag = flagOfLetter.get(letter) ?? (letter >= 'a' ? keywords[letter.charCodeAt(0) - a] : undefined);
    if (flag !== undefined) flags.push(flag);
  }
  return flags;
}

/**
 * The letters of these keywords, in the order in which they must stand.
 * @param known the folder's keywords so far, in order; new ones are added, as long as there are letters left.
 */
export function flagLetters(keywords: readonly string[], known: string[]): string {
  const letters: string[] = [];
  for (const word of keywords) {
    const letter = letterOfKeyword.get(word);
    if (letter !== undefined) letters.push(letter);
    else {
      if (!known.includes(word) && known.length < mostKeywords) known.push(word);
      const index = known.indexOf(word);
      if (index >= 0) letters.push(String.fromCharCode(a + index));
    }
  }
  return letters.sort().join('');
}

/** Reads `dovecot-keywords`: `0 Urgent`, a line each. */
export function readKeywordList(text: string): readonly string[] {
  const keywords: string[] = [];
  for (const line of text.split('\n')) {
    const [, index, word] = /^(\d{1,2}) (\S+)\s*$/.exec(line) ?? [];
    if (index !== undefined && word !== undefined && Number(index) < mostKeywords) keywords[Number(index)] = word;
  }
  return keywords;
}

/** A dot within a name, which Maildir++ has no way to write. */
const dot = '&AC4-';

export function folderName(names: readonly string[]): string {
  return `.${names.map((name) => name.split('.').map(printUtf7).join(dot)).join('.')}`;
}

export function readFolderName(fileName: string): readonly string[] {
  return fileName
    .split('.')
    .filter((part) => part !== '')
    .map(readFolderPart);
}

/** One level; what is no modified UTF-7 stands for itself, as newer servers write UTF-8. */
export function readFolderPart(part: string): string {
  const pieces = part.split(dot).map((piece) => decodeUtf7(piece) ?? piece);
  return pieces.join('.');
}
