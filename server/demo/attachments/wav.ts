/** Sound as PCM in RIFF/WAVE: 8 kHz, one channel, 8 bits: small, and every browser plays it. */

const RATE_HZ = 8000;

/** Notes one after the other, with a soft attack and release. */
export function printWav(notes: readonly { readonly frequencyHz: number; readonly durationMs: number }[]): Buffer {
  const samples: number[] = [];
  for (const { frequencyHz, durationMs } of notes) {
    const count = Math.floor((RATE_HZ * durationMs) / 1000);
    for (let sample = 0; sample < count; sample += 1) {
      const envelope = Math.min(1, sample / 200, (count - sample) / 800);
      const wave = Math.sin((2 * Math.PI * frequencyHz * sample) / RATE_HZ);
      samples.push(Math.round(128 + 90 * envelope * wave));
    }
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length + (samples.length % 2), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE_HZ, 24);
  header.writeUInt32LE(RATE_HZ, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  // RIFF chunks are padded to an even length.
  return Buffer.concat([header, Buffer.from(samples), Buffer.alloc(samples.length % 2)]);
}
