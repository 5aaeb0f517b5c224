/** Who is mentioned in a comment: members whose whole name stands after an @, whatever the case and the accents. Pure. */
interface Named {
  readonly id: string;
  readonly name: string;
}

const most = 20;

/** The first twenty in the order of the text. A longer name goes before a shorter one that begins it. */
export function planMentions(text: string, members: readonly Named[]): readonly string[] {
  const folded = fold(text);
  const longestFirst = members.toSorted((a, b) => b.name.length - a.name.length);
  const found = new Set<string>();
  for (const { index } of folded.matchAll(/@/g)) {
    const rest = folded.slice(index + 1);
    const member = longestFirst.find(({ name }) => {
      const wanted = fold(name);
      return wanted !== '' && rest.startsWith(wanted) && !/^[\p{L}\p{N}]/u.test(rest.slice(wanted.length));
    });
    if (member) found.add(member.id);
  }
  return [...found].slice(0, most);
}

function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
