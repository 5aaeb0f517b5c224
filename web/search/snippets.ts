/** Found words lit up (RFC 8621 §5): reads the server's marked text into pieces; markup other than `mark` stays text. */
export interface Piece {
  readonly text: string;
  readonly isLit: boolean;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", apos: "'" };

export function readMarked(marked: string): readonly Piece[] {
  const pieces: Piece[] = [];
  marked.split(/(<mark>.*?<\/mark>)/s).forEach((part) => {
    const isLit = part.startsWith('<mark>');
    const text = (isLit ? part.slice('<mark>'.length, -'</mark>'.length) : part).replace(
      /&(amp|lt|gt|quot|#39|apos);/g,
      (whole, name: string) => entities[name] ?? whole,
    );
    if (text !== '') pieces.push({ text, isLit });
  });
  return pieces;
}
