/**
 * SASL (RFC 4422): the exchange, and the mechanisms as a table. Each is a generator that asks its challenges and ends in
 * credentials. They read, and judge nothing; how a challenge is said is the head's.
 */

export type Credentials =
  | {
      readonly kind: 'password';
      /** As whom, when that is somebody else (RFC 4616 §2); empty otherwise. */
      readonly authorizationId: string;
      readonly userName: string;
      readonly password: string;
    }
  /** An OAuth 2 access token; `userName` may be empty, the token says who it is. */
  | { readonly kind: 'bearer'; readonly userName: string; readonly token: string };

export type MechanismName = 'PLAIN' | 'LOGIN' | 'XOAUTH2' | 'OAUTHBEARER';

/** Not well formed, which is no failure to log in. */
class BadResponse extends Error {
  override readonly name = 'BadResponse';
}

/** Yields challenges, is given responses. The initial response is undefined when the client sent none (RFC 4954 §4). */
type Exchange = Generator<string, Credentials, Uint8Array>;

/** What ends an exchange early: the client left, sent `*`, or something that is not what was asked for. */
export type Broken = 'gone' | 'cancelled' | 'badResponse';

export interface Mechanism {
  readonly begin: (initial: Uint8Array | undefined) => Exchange;
  /** RFC 7628 §3.2.2: token mechanisms send a reason and wait for an empty answer before the failure itself. */
  readonly isToken: boolean;
}

export const mechanisms: Readonly<Record<MechanismName, Mechanism>> = {
  PLAIN: { begin: plain, isToken: false },
  LOGIN: { begin: login, isToken: false },
  XOAUTH2: { begin: xoauth2, isToken: true },
  OAUTHBEARER: { begin: oauthBearer, isToken: true },
};

/**
 * One exchange, from the mechanism's beginning to what it yields.
 *
 * @param initialResponse base64, '' for an empty one; undefined when the client sent none (RFC 4954 §4).
 * @param respond says a challenge and reads what the client answers.
 */
export async function exchange(
  mechanism: Mechanism,
  initialResponse: string | undefined,
  respond: (challenge: string) => Promise<Uint8Array | Broken>,
): Promise<Credentials | Broken> {
  const initial = initialResponse === undefined ? undefined : readResponse(initialResponse);
  if (typeof initial === 'string') return 'badResponse';
  try {
    const steps = mechanism.begin(initial);
    let step = steps.next();
    while (!step.done) {
      const response = await respond(step.value);
      if (typeof response === 'string') return response;
      step = steps.next(response);
    }
    return step.value;
  } catch (error) {
    if (error instanceof BadResponse) return 'badResponse';
    throw error;
  }
}

/** A response as every protocol of lines writes it: base64, or `*` to give up (RFC 4954 §4, RFC 9051 §6.2.2, RFC 5804 §2.1). */
export function readResponse(text: string): Uint8Array | Broken {
  if (text === '*') return 'cancelled';
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64') : 'badResponse';
}

/** RFC 4616 §2: `[authzid] NUL authcid NUL passwd`. */
function* plain(initial: Uint8Array | undefined): Exchange {
  const [authorizationId, userName, password, ...more] = textOf(initial ?? (yield '')).split('\0');
  if (authorizationId === undefined || !userName || !password || more.length > 0) throw new BadResponse('PLAIN');
  return { kind: 'password', authorizationId, userName, password };
}

/** Never a standard; Outlook knows no other. Some clients send the user name at once. */
function* login(initial: Uint8Array | undefined): Exchange {
  const userName = textOf(initial ?? (yield 'Username:'));
  const password = textOf(yield 'Password:');
  if (userName === '' || password === '') throw new BadResponse('LOGIN');
  return { kind: 'password', authorizationId: '', userName, password };
}

/** As Google and Microsoft document it: `user=…^Aauth=Bearer …^A^A`. */
function* xoauth2(initial: Uint8Array | undefined): Exchange {
  const fields = fieldsOf(textOf(initial ?? (yield '')));
  return bearer(fields.get('user') ?? '', fields.get('auth'));
}

/** RFC 7628 §3.1: `n,a=user@host,^Ahost=…^Aport=…^Aauth=Bearer …^A^A`. */
function* oauthBearer(initial: Uint8Array | undefined): Exchange {
  const text = textOf(initial ?? (yield ''));
  const header = /^[ny],(?:a=([^,]*))?,$/.exec(text.slice(0, text.indexOf('\x01')));
  if (header === null) throw new BadResponse('OAUTHBEARER');
  const userName = (header[1] ?? '').replaceAll('=2C', ',').replaceAll('=3D', '=');
  return bearer(userName, fieldsOf(text).get('auth'));
}

function bearer(userName: string, auth: string | undefined): Credentials {
  const token = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(auth ?? '')?.[1];
  if (token === undefined) throw new BadResponse('bearer');
  return { kind: 'bearer', userName, token };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  if (!text.endsWith('\x01\x01')) throw new BadResponse('bearer');
  const pairs = text.split('\x01').map((field): [string, string] => {
    const at = field.indexOf('=');
    return at < 0 ? ['', ''] : [field.slice(0, at), field.slice(at + 1)];
  });
  return new Map(pairs);
}

function textOf(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch (error) {
    throw new BadResponse('not UTF-8', { cause: error });
  }
}
