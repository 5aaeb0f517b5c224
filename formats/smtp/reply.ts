/** Replies (RFC 5321 §4.2, RFC 2034): printing them for the server, reading them for the client side and for tests. */

/** The longest reply we read: lines, and octets of one line (RFC 5321 §4.5.3.1.5 says 512). */
const MAX_REPLY_LINES = 200;
const MAX_REPLY_LINE_OCTETS = 2048;

export interface Reply {
  /** 200–599 */
  readonly code: number;
  /** `class.subject.detail` (RFC 3463), where the reply carries one. */
  readonly enhanced: string | undefined;
  /** One or more, without code and enhanced code. */
  readonly lines: readonly string[];
}

/** Prints a reply, each line with its code and CRLF. What is not printable ASCII becomes `?`: nothing in a text can start a new line. */
export function printReply(reply: Reply): string {
  const enhanced = reply.enhanced === undefined ? '' : `${reply.enhanced} `;
  const last = reply.lines.length - 1;
  return reply.lines
    .map((line, index) => `${reply.code}${index === last ? ' ' : '-'}${enhanced}${line.replace(/[^ -~]/g, '?')}\r\n`)
    .join('');
}

/** A server that does not speak SMTP: the connection is of no more use. */
export class BadReply extends Error {
  constructor(detail: string) {
    super(`bad SMTP reply: ${detail}`);
    this.name = 'BadReply';
  }
}

export interface ReplyReader {
  /** Takes octets as they come, answers the replies they complete. @throws {BadReply} */
  readonly push: (octets: Uint8Array) => readonly Reply[];
}

/** LF alone ends a line too: a reply decides nothing that could be smuggled, and old servers send it. */
export function createReplyReader(): ReplyReader {
  const decoder = new TextDecoder('utf-8');
  let pending = '';
  let lines: string[] = [];
  let code = 0;
  let enhanced: string | undefined;

  function takeLine(line: string): Reply | undefined {
    const found = /^([2-5]\d\d)(?:([ -])(?:([245]\.\d{1,3}\.\d{1,3})(?: |$))?(.*))?$/s.exec(line);
    if (found === null) throw new BadReply(line.slice(0, 80));
    if (lines.length > 0 && Number(found[1]) !== code) throw new BadReply('its lines carry different codes');
    if (lines.length >= MAX_REPLY_LINES) throw new BadReply('too many lines');
    code = Number(found[1]);
    enhanced = found[3] ?? enhanced;
    lines.push(found[4] ?? '');
    if (found[2] === '-') return undefined;
    const reply = { code, enhanced, lines };
    lines = [];
    enhanced = undefined;
    return reply;
  }

  return {
    push(octets) {
      pending += decoder.decode(octets, { stream: true });
      const replies: Reply[] = [];
      let start = 0;
      for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n', start)) {
        const reply = takeLine(pending.slice(start, end).replace(/\r$/, ''));
        if (reply) replies.push(reply);
        start = end + 1;
      }
      pending = pending.slice(start);
      if (pending.length > MAX_REPLY_LINE_OCTETS) throw new BadReply('line too long');
      return replies;
    },
  };
}
