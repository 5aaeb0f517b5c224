/** Filters: a script of 50 rules on an ordinary message, on one thread, from the parsed message to the outcome. No server takes part. */
import { parseMessage } from '#formats/message/parse.ts';
import { compileSieve } from '#formats/sieve/compile.ts';
import { emptyWorld } from '#formats/sieve/empty-world.ts';
import { evaluate } from '#formats/sieve/evaluate.ts';
import { sieveMessage } from '#formats/sieve/message.ts';
import type { SieveInput } from '#formats/sieve/types.ts';
import type { Bench } from './house.ts';
import { makeMessage } from './messages.ts';

const ruleCount = 50;
const targetPerSecond = 10_000;

export const filters: Bench = {
  name: 'sieve',
  run: async ({ isQuick }) => {
    const octets = makeMessage('claire.martin@bench.example', 'paul@bench.example', 4_000);
    const parsed = parseMessage(octets);
    const script = compileSieve(writeRules());
    const times = isQuick ? 5_000 : 50_000;
    const once = (): void => {
      const outcome = evaluate(script, { ...surroundings, message: sieveMessage(octets, parsed) });
      if (outcome.kind !== 'finished' || outcome.error !== null) throw new Error('The script failed');
    };
    for (let warm = 0; warm < times / 5; warm++) once();
    const startedAt = performance.now();
    for (let time = 0; time < times; time++) once();
    const perSecond = (times * 1_000) / (performance.now() - startedAt);
    return [{ kind: 'rate', name: `Sieve: evaluations of ${ruleCount} rules`, perSecond, targetPerSecond }];
  },
};

/** Rules as people write them; none of them ends the script, so that all are tried. */
function writeRules(): string {
  const rules = [
    (index: number) => `if header :contains "subject" "facture ${index}" { fileinto "Factures/${index}"; stop; }`,
    (index: number) => `if address :is "from" ["u${index}@x.example", "v${index}@x.example"] { fileinto "U"; stop; }`,
    (index: number) =>
      `if anyof (header :contains ["list-id", "list-post"] "l${index}", address :domain ["to", "cc"] "d${index}.example") { addflag "$l${index}"; }`,
    (index: number) =>
      `if allof (header :matches "subject" "*[projet ${index}]*", not exists "x-spam") { keep; stop; }`,
    (index: number) => `if header :regex "subject" "ticket-[0-9]+ (${index}|urgent)" { fileinto "T/\${1}"; stop; }`,
  ];
  const lines = Array.from({ length: ruleCount }, (_, index) => rules[index % rules.length]?.(index) ?? '');
  return `require ["fileinto", "imap4flags", "variables", "regex"];\n${lines.join('\n')}`;
}

const surroundings: Omit<SieveInput, 'message'> = {
  envelope: { from: 'claire.martin@bench.example', to: 'paul@bench.example', auth: null },
  environment: {},
  nowMs: 0,
  timeZone: 'Europe/Paris',
  spamPercent: null,
  virus: 0,
  ownAddresses: ['paul@bench.example'],
  world: emptyWorld,
};
