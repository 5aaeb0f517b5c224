/** A QR code: dark squares on white in every theme, as cameras want it. */
import { encode } from 'uqr';
import css from './programs.module.css';

export interface QrCodeProps {
  readonly text: string;
  readonly label: string;
}

/** Modules of white around it (ISO/IEC 18004 asks for four). */
const border = 4;

export function QrCode({ text, label }: QrCodeProps) {
  const { data, size } = encode(text, { ecc: 'M', border });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg
      className={css['qr']}
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={squares.join('')} fill="#000" />
    </svg>
  );
}
