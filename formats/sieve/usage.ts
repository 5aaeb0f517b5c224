/**
 * What each command and test takes: positional arguments, tags, the extension that brings it. One table, from which arguments are bound and
 * every fault of usage is found; what a command does stands elsewhere.
 */

export type ValueKind = 'string' | 'strings' | 'number';

export interface TagUse {
  /** What follows the tag; null for a tag alone. */
  readonly value: ValueKind | null;
  /** Tags of one group exclude each other; null where it stands for itself. */
  readonly group: string | null;
  /** The extension that must have been required; null for the base. */
  readonly capability: string | null;
  /** Its value must not hold variables, because it is looked at when the script is compiled. */
  readonly isConstant: boolean;
}

export interface Positional {
  readonly name: string;
  readonly kind: ValueKind;
  /** Left out when there are fewer arguments than names; only the first of several may be. */
  readonly isOptional: boolean;
  readonly isConstant: boolean;
}

export interface Usage {
  /** Extensions of which one must have been required; empty for the base. */
  readonly capabilities: readonly string[];
  readonly tags: Readonly<Record<string, TagUse>>;
  readonly positional: readonly Positional[];
  readonly tests: 'none' | 'one' | 'many';
  readonly hasBlock: boolean;
}

type Tags = Readonly<Record<string, TagUse>>;

function tag(value: ValueKind | null, capability: string | null, group: string | null = null): TagUse {
  return { value, group, capability, isConstant: false };
}

function constantTag(value: ValueKind, capability: string | null, group: string | null = null): TagUse {
  return { value, group, capability, isConstant: true };
}

/** `name:kind`, with `?` after it where it may be left out and `!` where it must be constant. */
function positional(text: string): readonly Positional[] {
  return text === '' ? [] : text.split(' ').map(readPositional);
}

function readPositional(word: string): Positional {
  const [name = '', rest = ''] = word.split(':', 2);
  const kind = rest.replace(/[?!]/g, '');
  return {
    name,
    kind: kind === 'number' || kind === 'strings' ? kind : 'string',
    isOptional: rest.includes('?'),
    isConstant: rest.includes('!'),
  };
}

const MATCH: Tags = {
  is: tag(null, null, 'match'),
  contains: tag(null, null, 'match'),
  matches: tag(null, null, 'match'),
  regex: tag(null, 'regex', 'match'),
  count: constantTag('string', 'relational', 'match'),
  value: constantTag('string', 'relational', 'match'),
  list: tag(null, 'extlists', 'match'),
  comparator: constantTag('string', null, 'comparator'),
};

const ADDRESS_PART: Tags = {
  all: tag(null, null, 'addressPart'),
  localpart: tag(null, null, 'addressPart'),
  domain: tag(null, null, 'addressPart'),
  user: tag(null, 'subaddress', 'addressPart'),
  detail: tag(null, 'subaddress', 'addressPart'),
};

const INDEX: Tags = { index: tag('number', 'index'), last: tag(null, 'index') };

const MIME: Tags = { mime: tag(null, 'mime'), anychild: tag(null, 'mime') };

const MIME_VALUE: Tags = {
  type: tag(null, 'mime', 'mimeValue'),
  subtype: tag(null, 'mime', 'mimeValue'),
  contenttype: tag(null, 'mime', 'mimeValue'),
  param: tag('strings', 'mime', 'mimeValue'),
};

const ZONE: Tags = { zone: tag('string', null, 'zone'), originalzone: tag(null, null, 'zone') };

const DESTINATION: Tags = {
  flags: tag('strings', 'imap4flags'),
  create: tag(null, 'mailbox'),
  specialuse: tag('string', 'special-use'),
  mailboxid: tag('string', 'mailboxid'),
};

const MODIFIERS: Tags = {
  lower: tag(null, null, 'case'),
  upper: tag(null, null, 'case'),
  lowerfirst: tag(null, null, 'firstCase'),
  upperfirst: tag(null, null, 'firstCase'),
  quotewildcard: tag(null, null, 'quote'),
  quoteregex: tag(null, 'regex', 'quote'),
  encodeurl: tag(null, 'enotify', 'encode'),
  length: tag(null, null, 'length'),
};

function usage(capabilities: string, tags: Tags, args: string, more: Partial<Usage> = {}): Usage {
  return {
    capabilities: capabilities === '' ? [] : capabilities.split(' '),
    tags,
    positional: positional(args),
    tests: 'none',
    hasBlock: false,
    ...more,
  };
}

/** Commands by name. `require` among them, though it is looked at before all others. */
export const commandUsages: ReadonlyMap<string, Usage> = new Map([
  ['require', usage('', {}, 'capabilities:strings!')],
  ['if', usage('', {}, '', { tests: 'one', hasBlock: true })],
  ['elsif', usage('', {}, '', { tests: 'one', hasBlock: true })],
  ['else', usage('', {}, '', { hasBlock: true })],
  ['stop', usage('', {}, '')],
  ['keep', usage('', { flags: tag('strings', 'imap4flags') }, '')],
  ['discard', usage('', {}, '')],
  ['fileinto', usage('fileinto', { copy: tag(null, 'copy'), ...DESTINATION }, 'mailbox:string')],
  [
    'redirect',
    usage(
      '',
      {
        copy: tag(null, 'copy'),
        list: tag(null, 'extlists'),
        notify: tag('string', 'redirect-dsn'),
        ret: tag('string', 'redirect-dsn'),
        bytimerelative: tag('number', 'redirect-deliverby', 'byTime'),
        bytimeabsolute: tag('string', 'redirect-deliverby', 'byTime'),
        bymode: tag('string', 'redirect-deliverby'),
        bytrace: tag(null, 'redirect-deliverby'),
      },
      'address:string',
    ),
  ],
  ['reject', usage('reject', {}, 'reason:string')],
  ['ereject', usage('ereject', {}, 'reason:string')],
  [
    'vacation',
    usage(
      'vacation',
      {
        days: tag('number', null, 'period'),
        seconds: tag('number', 'vacation-seconds', 'period'),
        subject: tag('string', null),
        from: tag('string', null),
        addresses: tag('strings', null),
        mime: tag(null, null),
        handle: tag('string', null),
        fcc: tag('string', 'fcc'),
        ...DESTINATION,
      },
      'reason:string',
    ),
  ],
  ['set', usage('variables', MODIFIERS, 'name:string! value:string')],
  ['setflag', usage('imap4flags', {}, 'variable:string?! flags:strings')],
  ['addflag', usage('imap4flags', {}, 'variable:string?! flags:strings')],
  ['removeflag', usage('imap4flags', {}, 'variable:string?! flags:strings')],
  ['addheader', usage('editheader', { last: tag(null, null) }, 'field:string value:string')],
  [
    'deleteheader',
    usage(
      'editheader',
      { ...MATCH, index: tag('number', null), last: tag(null, null) },
      'field:string patterns:strings?',
    ),
  ],
  [
    'include',
    usage(
      'include',
      {
        personal: tag(null, null, 'location'),
        global: tag(null, null, 'location'),
        once: tag(null, null),
        optional: tag(null, null),
      },
      'script:string!',
    ),
  ],
  ['global', usage('include', {}, 'names:strings!')],
  ['return', usage('include', {}, '')],
  [
    'notify',
    usage(
      'enotify',
      {
        from: tag('string', null),
        importance: tag('string', null),
        options: tag('strings', null),
        message: tag('string', null),
        fcc: tag('string', 'fcc'),
        ...DESTINATION,
      },
      'method:string',
    ),
  ],
  ['error', usage('ihave', {}, 'message:string')],
  ['foreverypart', usage('foreverypart', { name: constantTag('string', null) }, '', { hasBlock: true })],
  ['break', usage('foreverypart', { name: constantTag('string', null) }, '')],
  [
    'replace',
    usage('replace', { mime: tag(null, null), subject: tag('string', null), from: tag('string', null) }, 'text:string'),
  ],
  ['enclose', usage('enclose', { subject: tag('string', null), headers: tag('strings', null) }, 'text:string')],
  ['extracttext', usage('extracttext', { ...MODIFIERS, first: tag('number', null) }, 'name:string!')],
]);

export const testUsages: ReadonlyMap<string, Usage> = new Map([
  ['true', usage('', {}, '')],
  ['false', usage('', {}, '')],
  ['not', usage('', {}, '', { tests: 'one' })],
  ['anyof', usage('', {}, '', { tests: 'many' })],
  ['allof', usage('', {}, '', { tests: 'many' })],
  ['exists', usage('', MIME, 'headers:strings')],
  ['size', usage('', { over: tag(null, null, 'size'), under: tag(null, null, 'size') }, 'limit:number')],
  ['header', usage('', { ...MATCH, ...INDEX, ...MIME, ...MIME_VALUE }, 'headers:strings keys:strings')],
  ['address', usage('', { ...MATCH, ...ADDRESS_PART, ...INDEX, ...MIME }, 'headers:strings keys:strings')],
  ['envelope', usage('envelope', { ...MATCH, ...ADDRESS_PART }, 'parts:strings keys:strings')],
  ['string', usage('variables', MATCH, 'sources:strings keys:strings')],
  ['hasflag', usage('imap4flags', MATCH, 'variables:strings?! flags:strings')],
  ['date', usage('date', { ...MATCH, ...INDEX, ...ZONE }, 'header:string part:string keys:strings')],
  ['currentdate', usage('date', { ...MATCH, zone: tag('string', null) }, 'part:string keys:strings')],
  [
    'body',
    usage(
      'body',
      {
        ...MATCH,
        raw: tag(null, null, 'transform'),
        content: tag('strings', null, 'transform'),
        text: tag(null, null, 'transform'),
      },
      'keys:strings',
    ),
  ],
  ['environment', usage('environment', MATCH, 'name:string keys:strings')],
  [
    'duplicate',
    usage(
      'duplicate',
      {
        handle: tag('string', null),
        header: tag('string', null, 'id'),
        uniqueid: tag('string', null, 'id'),
        seconds: tag('number', null),
        last: tag(null, null),
      },
      '',
    ),
  ],
  ['mailboxexists', usage('mailbox', {}, 'names:strings')],
  ['mailboxidexists', usage('mailboxid', {}, 'ids:strings')],
  ['specialuse_exists', usage('special-use', {}, 'mailbox:string? uses:strings')],
  ['metadata', usage('mboxmetadata', MATCH, 'mailbox:string annotation:string keys:strings')],
  ['metadataexists', usage('mboxmetadata', {}, 'mailbox:string annotations:strings')],
  ['servermetadata', usage('servermetadata', MATCH, 'annotation:string keys:strings')],
  ['servermetadataexists', usage('servermetadata', {}, 'annotations:strings')],
  ['spamtest', usage('spamtest spamtestplus', { ...MATCH, percent: tag(null, 'spamtestplus') }, 'score:string')],
  ['virustest', usage('virustest', MATCH, 'score:string')],
  ['valid_notify_method', usage('enotify', {}, 'uris:strings')],
  ['notify_method_capability', usage('enotify', MATCH, 'uri:string capability:string keys:strings')],
  ['valid_ext_list', usage('extlists', {}, 'lists:strings')],
  ['ihave', usage('ihave', {}, 'capabilities:strings!')],
]);

/** Every capability there is. `comparator-…` of the two that need none may be required too (RFC 5228 §2.7.3). */
export const allCapabilities: readonly string[] = [
  ...new Set([
    ...[...commandUsages.values(), ...testUsages.values()].flatMap((use) => [
      ...use.capabilities,
      ...Object.values(use.tags).flatMap((tag) => (tag.capability === null ? [] : [tag.capability])),
    ]),
    'comparator-i;ascii-casemap',
    'comparator-i;ascii-numeric',
    'comparator-i;octet',
    'comparator-i;unicode-casemap',
    'encoded-character',
    'envelope-deliverby',
    'envelope-dsn',
  ]),
].toSorted();
