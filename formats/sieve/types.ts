/**
 * What a Sieve script is run with and what comes of it. Evaluation is synchronous, pure and deterministic: the same script and input give
 * the same outcome. What only the account's shell knows is asked of `world`; a question it cannot answer at once ends the evaluation with
 * kind `unanswered`. The shell then finds the answers, whatever that takes, and evaluates again FROM THE BEGINNING with a world that has
 * them: nothing has been done in between, so the second run goes the same way and further. Nothing in an outcome has been done yet.
 */
import type { HeaderField, MessageStructure } from '#formats/message/types.ts';
import type { SieveError } from './error.ts';

/** A checked script, see `compileSieve`. Immutable; may be kept and used for any number of messages. */
export interface Script {
  /** Capabilities named in `require`, in order. */
  readonly required: readonly string[];
  /** Scripts it may include, in order, once each; so that the shell can have them ready. */
  readonly includes: readonly Included[];
  /** Constant addresses of `redirect`, once each: what a tenant that forbids forwarding looks at before a script is kept. */
  readonly redirects: readonly string[];
  /** Commands it holds, by name, once each (`fileinto`, `vacation`, …); `require` and `if` are not among them. */
  readonly commands: readonly string[];
  /** @internal What `evaluate` runs. */
  readonly run: ScriptBody;
}

/** Opaque to all but this folder; branded so that nothing else is taken for it. */
export interface ScriptBody {
  readonly sieveBody: true;
}

/** RFC 6609 §3.2. `personal` where no location is written. */
export interface Included {
  readonly name: string;
  readonly location: 'personal' | 'global';
  readonly isOptional: boolean;
}

/** Bounds of a script's text, looked at when it is compiled. A breach is a SieveError. */
export interface CompileLimits {
  /** UTF-8 octets of the script. */
  readonly scriptOctets: number;
  /** Blocks and test lists within one another. */
  readonly depth: number;
  /** Commands and tests of the whole script. */
  readonly nodes: number;
  /** UTF-16 units of one string. */
  readonly stringUnits: number;
  /** Strings of one list. */
  readonly listStrings: number;
  /** Instructions of one compiled regex, and of all that stand in the script. */
  readonly regexInstructions: number;
  readonly allRegexInstructions: number;
  /** `redirect` commands written in one script. */
  readonly redirects: number;
}

/** Bounds of one evaluation. A breach is a runtime error, after which the message is kept. */
export interface RunLimits {
  /** Actions of all kinds. */
  readonly actions: number;
  readonly redirects: number;
  readonly notifications: number;
  /** Includes within one another, and includes in all. */
  readonly includeDepth: number;
  readonly includes: number;
  /** UTF-16 units of one variable; longer values are cut (RFC 5229 §3). */
  readonly variableUnits: number;
  readonly variables: number;
  /** Tests and commands evaluated, loops counted each time. */
  readonly evaluations: number;
  /** UTF-16 units of one string once its variables are put in. */
  readonly textUnits: number;
  /** Instruction steps of regexes and pattern comparisons, all together. */
  readonly matchWork: number;
  /** Questions to the world. */
  readonly questions: number;
  /** Times the whole message is written anew: enclosed, its body replaced. */
  readonly rewrites: number;
  /** Octets of the message as edited, all its states that are written together. */
  readonly editedOctets: number;
  /** Header fields added. */
  readonly addedFields: number;
}

/** Everything one evaluation depends on. */
export interface SieveInput {
  readonly message: SieveMessage;
  readonly envelope: SieveEnvelope;
  /** RFC 5183 §4: `domain`, `host`, `location`, `name`, `phase`, `remote-host`, `remote-ip`, `version`, `imap.user`… in lower case. */
  readonly environment: Readonly<Record<string, string>>;
  readonly nowMs: number;
  /** IANA name of the owner's zone, `Europe/Paris`; UTC where unknown. */
  readonly timeZone: string;
  /** RFC 5235: how sure the spam check is, 0 (surely not) to 100; null when none was made. */
  readonly spamPercent: number | null;
  /** RFC 5235 §2.3: 0 not tested, 1 clean, 2 cured, 3 perhaps cured, 4 perhaps infected, 5 infected. */
  readonly virus: 0 | 1 | 2 | 3 | 4 | 5;
  /** Every address of the owner, the main one first: vacation answers only what was addressed to one of them (RFC 5230 §4.5). */
  readonly ownAddresses: readonly string[];
  readonly world: World;
  readonly limits?: Partial<RunLimits>;
  /** Whether `steps` is built. */
  readonly wantsSteps?: boolean;
}

/** The SMTP envelope of this delivery. Addresses without angle brackets; `from` is '' for the null sender. */
export interface SieveEnvelope {
  readonly from: string;
  readonly to: string;
  /** The user name the sender authenticated with, null where there was none. */
  readonly auth: string | null;
  /** RFC 6009 §2.1: parameters of MAIL and RCPT as they came, null where absent. */
  readonly dsn?: {
    readonly notify: string | null;
    readonly orcpt: string | null;
    readonly ret: string | null;
    readonly envid: string | null;
  };
  /** RFC 2852 BY=; seconds from now may be negative. */
  readonly deliverBy?: {
    readonly seconds: number;
    readonly mode: 'N' | 'R';
    readonly isTraced: boolean;
  };
}

/** A message as Sieve sees it; made by `sieveMessage`, which indexes and decodes only what is asked for. */
export interface SieveMessage {
  readonly octets: Uint8Array;
  readonly sizeOctets: number;
  readonly fields: readonly HeaderField[];
  readonly structure: MessageStructure;
  /** Fields of one name (lower case), in order. */
  readonly fieldsNamed: (name: string) => readonly FieldValue[];
}

/** A text that tests look at. */
export interface Subject {
  readonly text: string;
  /** With the letters A to Z made small: what `i;ascii-casemap` compares. */
  readonly folded: string;
}

/** One header field's value: unfolded, encoded-words decoded, white space at both ends gone (RFC 5228 §2.7.2). */
export interface FieldValue extends Subject {
  /** As it stands in the message. */
  readonly raw: string;
  /** The addresses it holds; read once. */
  readonly addresses: () => readonly AddressValue[];
}

/** One address and its parts (RFC 5228 §2.7.4, RFC 5233 §4). */
export interface AddressValue {
  readonly all: Subject;
  readonly localPart: Subject;
  readonly domain: Subject;
  /** The local part up to the first `+`. */
  readonly user: Subject;
  /** What follows it; null where there is no `+`. */
  readonly detail: Subject | null;
}

/**
 * What the world is asked. Plain values, so that a question can be a key, see `questionKey`.
 *
 * - `mailboxExists`: may this user deliver there? (RFC 5490 §3.1, RFC 9042 §4) answer `boolean`
 * - `specialUseExists`: is there a mailbox (the named one, or any) with all these uses? (RFC 8579 §4) `boolean`
 * - `mailboxMetadata`, `serverMetadata`: an annotation (RFC 5490 §3.3, §4) `string | null`
 * - `duplicateSeen`: was `id` remembered, and not yet forgotten at `input.nowMs`? (RFC 7352 §3) `boolean`
 * - `include`: the compiled script (RFC 6609 §3.2) `Script | 'missing' | 'broken'`
 * - `listExists`, `listContains`: external lists, address books (RFC 6134) `boolean`
 */
export type Question =
  | { readonly kind: 'mailboxExists'; readonly by: 'name' | 'id'; readonly value: string }
  | { readonly kind: 'specialUseExists'; readonly mailbox: string | null; readonly uses: readonly string[] }
  | { readonly kind: 'mailboxMetadata'; readonly mailbox: string; readonly annotation: string }
  | { readonly kind: 'serverMetadata'; readonly annotation: string }
  | { readonly kind: 'duplicateSeen'; readonly id: string; readonly seconds: number; readonly isLast: boolean }
  | { readonly kind: 'include'; readonly name: string; readonly location: 'personal' | 'global' }
  | { readonly kind: 'listExists'; readonly list: string }
  | { readonly kind: 'listContains'; readonly list: string; readonly value: string };

/** The type of answer each kind of question wants. */
export interface Answers {
  readonly mailboxExists: boolean;
  readonly specialUseExists: boolean;
  readonly mailboxMetadata: string | null;
  readonly serverMetadata: string | null;
  readonly duplicateSeen: boolean;
  readonly include: Script | 'missing' | 'broken';
  readonly listExists: boolean;
  readonly listContains: boolean;
}

/** A question of one kind. */
export type QuestionOf<Kind extends Question['kind']> = Extract<Question, { readonly kind: Kind }>;

/** One function a kind of question: the answer, or undefined where it is not known yet. Never throws, never changes its mind. */
export type World = {
  readonly [Kind in Question['kind']]: (question: QuestionOf<Kind>) => Answers[Kind] | undefined;
};

export type Outcome =
  /** Answer these and evaluate again from the beginning. `matchWork` was done so far (RunLimits), and will be again. */
  { readonly kind: 'unanswered'; readonly questions: readonly Question[]; readonly matchWork: number } | Finished;

/** The script ran to its end, or failed. */
export interface Finished {
  readonly kind: 'finished';
  /**
   * What to do, in order. Contains the implicit keep where nothing cancelled it (RFC 5228 §2.10.2). When `error` is not null it is that keep
   * alone, of the message as it came: an error undoes the rest (RFC 5228 §2.10.6).
   */
  readonly actions: readonly Action[];
  readonly error: SieveError | null;
  /** To be remembered once the actions are done (RFC 7352 §3); empty when the script failed. */
  readonly duplicates: readonly DuplicateRecord[];
  /** Answers and notifications that good manners forbid. */
  readonly withheld: readonly Withheld[];
  /** What was tested and done, in order; empty unless asked for. */
  readonly steps: readonly Step[];
}

interface ActionBase {
  /** Line of the command; 0 for the implicit keep. */
  readonly line: number;
}

/** The message of an action, where the script has changed it: all its octets. Null: as it came. Equal states share the same array. */
interface WithMessage {
  readonly edited: Uint8Array | null;
}

export type Action =
  | KeepAction
  | FileintoAction
  | RedirectAction
  | RejectAction
  | DiscardAction
  | VacationAction
  | NotifyAction;

export interface KeepAction extends ActionBase, WithMessage {
  readonly kind: 'keep';
  readonly isImplicit: boolean;
  /** IMAP flags (RFC 5232): `\Seen`, `$label`; no duplicates. */
  readonly flags: readonly string[];
}

export interface FileintoAction extends ActionBase, WithMessage, Destination {
  readonly kind: 'fileinto';
  /** RFC 3894: it does not cancel the implicit keep. */
  readonly isCopy: boolean;
}

/** Where to file. Tried in order: id, special use, name (RFC 9042 §3, RFC 8579 §3). */
export interface Destination {
  readonly mailbox: string;
  readonly mailboxId: string | null;
  readonly specialUse: string | null;
  /** RFC 5490 §3.2: make it where it does not exist. */
  readonly create: boolean;
  readonly flags: readonly string[];
}

export interface RedirectAction extends ActionBase, WithMessage {
  readonly kind: 'redirect';
  /** An address without brackets, checked; or the members of an external list (RFC 6134 §2.5). */
  readonly to:
    | { readonly kind: 'address'; readonly address: string }
    | { readonly kind: 'list'; readonly list: string };
  readonly isCopy: boolean;
  /** RFC 6009 §4: NOTIFY= and RET= to ask for; null where the script says nothing. */
  readonly notify: readonly ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[] | null;
  readonly ret: 'FULL' | 'HDRS' | null;
  /** RFC 6009 §5: by when, milliseconds of the epoch. */
  readonly deliverBy: { readonly atMs: number; readonly mode: 'N' | 'R'; readonly isTraced: boolean } | null;
}

/** `ereject` should be refused within SMTP where that is still possible, `reject` may be an MDN or a bounce (RFC 5429 §2). */
export interface RejectAction extends ActionBase {
  readonly kind: 'reject' | 'ereject';
  readonly reason: string;
}

export interface DiscardAction extends ActionBase {
  readonly kind: 'discard';
}

/** Where the sent message's copy goes (RFC 8580). */
export type Fcc = Destination;

/** An answer to be sent, unless the shell remembers having sent one of this `handle` to `to` within `seconds`. Null envelope sender. */
export interface VacationAction extends ActionBase {
  readonly kind: 'vacation';
  /** The envelope sender, to whom alone it goes (RFC 5230 §5.1). */
  readonly to: string;
  /** Groups answers that count as one (RFC 5230 §4.7); from :handle, else from the other arguments. */
  readonly handle: string;
  /** The From field's value: as the script says it, else the own address the message was sent to. */
  readonly from: string;
  /** As the script says it, else null: `Auto: ` and the message's subject is usual, with words for people left to the shell. */
  readonly subject: string | null;
  /** The message's decoded subject. */
  readonly originalSubject: string;
  /** Text of the answer, or with `isMime` a MIME entity with its own header. */
  readonly reason: string;
  readonly isMime: boolean;
  /** 0: every message is answered (RFC 6131 §2). */
  readonly seconds: number;
  /** For In-Reply-To and References (RFC 5230 §5.8), with brackets, '' where the message has none. */
  readonly inReplyTo: string;
  readonly references: string;
  readonly fcc: Fcc | null;
}

/** Mail about the message (RFC 5435, RFC 5436). The shell adds From, Date, Message-ID, Auto-Submitted and its own loop guard. */
export interface NotifyAction extends ActionBase {
  readonly kind: 'notify';
  /** Of the mailto URI: `to` and `cc` are addresses without brackets; fields that would forge or loop are taken out. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string | null;
  readonly body: string | null;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** :from, null where not given. */
  readonly from: string | null;
  /** 1 high, 2 normal, 3 low. */
  readonly importance: 1 | 2 | 3;
  /** :message, null where not given. */
  readonly message: string | null;
  readonly options: readonly string[];
  readonly fcc: Fcc | null;
}

/** RFC 7352: remember `id` for `seconds` from now. */
export interface DuplicateRecord {
  readonly id: string;
  readonly seconds: number;
  /** :last: seeing it again prolongs it. */
  readonly isLast: boolean;
}

export interface Withheld {
  readonly kind: 'vacation' | 'notify';
  readonly line: number;
  readonly why: WithheldReason;
}

export type WithheldReason =
  | 'nullSender'
  | 'systemSender' // owner-, -request, mailer-daemon, noreply…
  | 'ownSender'
  | 'mailingList'
  | 'bulk'
  | 'autoSubmitted'
  | 'notAddressed'
  | 'spam'
  | 'suppressed'; // X-Auto-Response-Suppress

/** One thing the script did, for people. `source` is the test or command as written, on one line, cut at 200 characters. */
export type Step =
  | {
      readonly kind: 'test';
      readonly script: string | null;
      readonly line: number;
      readonly source: string;
      readonly result: boolean;
      /** Values that were looked at, at most 5, each cut. */
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'command';
      readonly script: string | null;
      readonly line: number;
      readonly source: string;
      /** What came of it where that is not plain from the source: a variable's value, why no answer goes. */
      readonly note: string | null;
    };
