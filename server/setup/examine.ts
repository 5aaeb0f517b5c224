/** Does the world's DNS say what we print for each domain? Looks, changes nothing. */
import type { DnsResolver } from '#server/delivery/authenticate.ts';
import type { DnsRecord } from '#server/directory/records.ts';

export interface Finding {
  readonly state: 'good' | 'doubtful' | 'bad';
  /** Of what: `disk`, `certificate`, `MX ac-valmont.fr`. */
  readonly of: string;
  /** A sentence. */
  readonly says: string;
}

/** Compares what is published with what should be. One look-up a record, side by side. */
export function examineRecords(records: readonly DnsRecord[], resolve: DnsResolver): Promise<readonly Finding[]> {
  return Promise.all(records.map((record) => examineRecord(record, resolve)));
}

async function examineRecord(record: DnsRecord, resolve: DnsResolver): Promise<Finding> {
  const of = `${record.type} ${record.name}`;
  const found = await answersTo(resolve, record.name, record.type);
  if (found === undefined) return { state: 'doubtful', of, says: 'the name server does not answer' };
  if (record.type === 'SRV') return { of, ...judgeService(record, found) };
  if (record.type === 'CNAME') return { of, ...(await judgeName(record, found, resolve)) };
  if (found.some((each) => isSame(each, record.value))) return { state: 'good', of, says: record.value };
  const alike = found.find((each) => kindOf(each) === kindOf(record.value));
  // Mail comes and goes without it; others only cannot tell us when it did not.
  const state = record.name.startsWith('_smtp._tls') ? 'doubtful' : 'bad';
  if (alike === undefined) return { state, of, says: `is not published; it should be: ${record.value}` };
  // An operator's stricter policy is theirs to choose.
  const isPolicy = /^v=(?:spf1|DMARC1)/i.test(alike);
  return { state: isPolicy ? 'doubtful' : state, of, says: `says ${alike}; we would say ${record.value}` };
}

/** @returns none where the name has none of that type; undefined where nobody answers. */
function answersTo(resolve: DnsResolver, name: string, type: string): Promise<readonly string[] | undefined> {
  return resolve(name, type).then(
    (answers) => answers.map(printAnswer),
    (error: unknown) => (isAbsence(error) ? [] : undefined),
  );
}

type Judgement = Pick<Finding, 'state' | 'says'>;

/** By RFC 2782: priority and weight are the operator's affair; port and target are what programs go by. */
function judgeService({ value, why }: DnsRecord, found: readonly string[]): Judgement {
  const placeOf = (record: string): string => record.toLowerCase().split(' ').slice(2).join(' ');
  const isOffered = !value.endsWith(' .');
  const [first] = found;
  if (first === undefined) {
    if (!isOffered) return { state: 'good', says: 'is not published, which says as much as: there is none' };
    return { state: 'doubtful', says: `is not published; it should be: ${value} — ${why}` };
  }
  if (!isOffered) {
    const others = found.filter((each) => !each.endsWith(' .'));
    if (others.length === 0) return { state: 'good', says: 'says that there is none' };
    return {
      state: 'doubtful',
      says: `leads programs to ${others.join(', ')}, which we do not serve; publish ${value}`,
    };
  }
  if (found.some((each) => placeOf(each) === placeOf(value))) return { state: 'good', says: first };
  return { state: 'doubtful', says: `leads programs to ${found.join(', ')}; we are at ${value}` };
}

/** An alias, or what comes to the same: addresses that are those of the target. */
async function judgeName(
  { name, value, why }: DnsRecord,
  found: readonly string[],
  resolve: DnsResolver,
): Promise<Judgement> {
  if (found.some((each) => isSame(each, value))) return { state: 'good', says: value };
  const target = value.replace(/\.$/, '');
  const addresses = async (of: string) => [
    ...((await answersTo(resolve, of, 'A')) ?? []),
    ...((await answersTo(resolve, of, 'AAAA')) ?? []),
  ];
  const [here, there] = await Promise.all([addresses(name), addresses(target)]);
  if (here.some((address) => there.includes(address))) return { state: 'good', says: `has the address of ${target}` };
  if (here.length === 0) return { state: 'doubtful', says: `is not published; it should be: ${value} — ${why}` };
  return { state: 'doubtful', says: `leads to ${[...found, ...here].join(', ')}, and not to ${target}` };
}

/** An answer of node:dns in the words of a zone file: texts come in strings, MX and SRV as objects. */
function printAnswer(answer: unknown): string {
  if (Array.isArray(answer)) return answer.join('');
  if (typeof answer !== 'object' || answer === null) return String(answer);
  if ('exchange' in answer && 'priority' in answer) return `${String(answer.priority)} ${String(answer.exchange)}.`;
  if ('port' in answer && 'priority' in answer && 'weight' in answer && 'name' in answer) {
    return `${String(answer.priority)} ${String(answer.weight)} ${String(answer.port)} ${String(answer.name)}.`;
  }
  return JSON.stringify(answer);
}

function isSame(one: string, other: string): boolean {
  const plain = (text: string) =>
    text
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/\.(?=\s|$)/g, '')
      .toLowerCase();
  // The id of an MTA-STS policy is whatever the operator set when it last changed.
  return plain(one) === plain(other) || (kindOf(one) === 'v=stsv1' && kindOf(other) === 'v=stsv1');
}

/** What tells one text of a name from another: `v=spf1`, `v=DKIM1`. */
function kindOf(value: string): string {
  return /^v=\w+/i.exec(value)?.[0].toLowerCase() ?? '';
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENODATA' || error.code === 'ENOTFOUND');
}
