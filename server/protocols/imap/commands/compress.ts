/** COMPRESS=DEFLATE (RFC 4978). */
import type { Command } from '#formats/imap/command.ts';
import type { Context } from '#server/protocols/imap/dispatch.ts';
import { own, tellNo, Told } from '#server/protocols/imap/say.ts';
import type { Session } from '#server/protocols/imap/session.ts';

export async function compressCommand(
  { connection }: Session,
  { mechanism }: Extract<Command, { kind: 'compress' }>,
  { tag }: Context,
): Promise<'said'> {
  if (mechanism !== 'DEFLATE') throw tellNo('CANNOT', 'No such compression');
  if (connection.isCompressed) throw new Told(own.compressed);
  connection.say(`${tag} OK DEFLATE from here on\r\n`);
  await connection.startCompression();
  return 'said';
}
