/** What a CAS server writes (CAS Protocol 3.0 §2.5, §2.6; SAML 2 LogoutRequest): bounded, and without a DTD. */
import { SaxesParser } from 'saxes';

const mostDepth = 12;
const mostElements = 2_000;
const valueCharacters = 2_000;

export type CasAnswer =
  | {
      readonly kind: 'success';
      readonly user: string;
      readonly attributes: Readonly<Record<string, readonly string[]>>;
    }
  /** `code`: INVALID_TICKET, INVALID_SERVICE … */
  | { readonly kind: 'failure'; readonly code: string };

const casSpace = 'http://www.yale.edu/tp/cas';

/** @returns undefined for what is no answer of `serviceValidate`. */
export function readCasAnswer(text: string): CasAnswer | undefined {
  const users: string[] = [];
  let code: string | undefined;
  const attributes = new Map<string, string[]>();
  const isRead = readXml(text, {
    space: casSpace,
    open: (path, attribute) => {
      if (path.join(' ') === 'serviceResponse authenticationFailure') code = attribute('code');
    },
    text: (path, value) => {
      const [root, success, name, attributeName] = path;
      if (root !== 'serviceResponse' || success !== 'authenticationSuccess') return;
      if (path.length === 3 && name === 'user') users.push(value.trim());
      if (path.length !== 4 || name !== 'attributes' || attributeName === undefined) return;
      const known = attributes.get(attributeName) ?? [];
      attributes.set(attributeName, [...known, value]);
    },
  });
  if (!isRead) return undefined;
  if (code !== undefined) return { kind: 'failure', code: code.slice(0, 100) };
  const [user = '', ...others] = users;
  // Somebody's name is here once: two, or none, are no answer.
  if (user === '' || others.length > 0) return undefined;
  return { kind: 'success', user, attributes: Object.fromEntries(attributes) };
}

const samlProtocol = 'urn:oasis:names:tc:SAML:2.0:protocol';

/** The ticket of a session that a CAS server ends (CAS Protocol 3.0 §2.3.3); undefined for anything else. */
export function readCasLogout(text: string): string | undefined {
  let ticket = '';
  const isRead = readXml(text, {
    space: samlProtocol,
    open: () => undefined,
    text: (path, value) => {
      if (path.join(' ') === 'LogoutRequest SessionIndex') ticket += value;
    },
  });
  return isRead && ticket.trim() !== '' ? ticket.trim() : undefined;
}

interface Handlers {
  /** Elements of another name space are passed over. */
  readonly space: string;
  readonly open: (path: readonly string[], attribute: (name: string) => string | undefined) => void;
  /** The whole text of an element that has no children of its own. */
  readonly text: (path: readonly string[], value: string) => void;
}

function readXml(text: string, handlers: Handlers): boolean {
  const path: string[] = [];
  let elements = 0;
  let value = '';
  const parser = new SaxesParser({ xmlns: true });
  const refuse = (why: string) => (): never => {
    throw new NotThat(why);
  };
  // Without a DTD no entity but the five of XML itself can be there, and saxes takes any other for an error.
  parser.on('doctype', refuse('a DTD'));
  parser.on('error', refuse('not well-formed'));
  parser.on('opentag', ({ local, uri, attributes }) => {
    elements += 1;
    value = '';
    path.push(uri === handlers.space ? local : `{${uri}}${local}`);
    if (elements > mostElements || path.length > mostDepth) throw new NotThat('too much');
    handlers.open(path, (name) => Object.values(attributes).find((one) => one.local === name)?.value);
  });
  parser.on('text', (piece) => {
    value += piece;
    if (value.length > valueCharacters) throw new NotThat('too long');
  });
  parser.on('cdata', (piece) => {
    value += piece;
  });
  parser.on('closetag', () => {
    if (value !== '') handlers.text(path, value);
    value = '';
    path.pop();
  });
  try {
    parser.write(text).close();
    return true;
  } catch (error) {
    if (error instanceof NotThat) return false;
    throw error;
  }
}

class NotThat extends Error {
  override readonly name = 'NotThat';
}
