/**
 * Logos as SVG: read, and written anew from a list of what may be drawn. Scripts, events, styles that reach out, links,
 * embedded pages, pictures in pictures and everything unknown are not on the list; what is left out is named. The
 * picture refers to nothing outside itself, and inside only from shapes to gradients and clips, so no nest of references
 * can grow.
 */
import { BadLogo, logoSideAtMost } from './logo.ts';
import { type Element, readXml } from './xml.ts';

export interface SvgLogo {
  readonly text: string;
  /** Names of elements and attributes that were left out, those that could have mattered: `script`, `onload`. */
  readonly left: readonly string[];
}

const shared = [
  'id',
  'transform',
  'fill',
  'fill-opacity',
  'fill-rule',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-dasharray',
  'stroke-dashoffset',
  'opacity',
  'clip-path',
  'clip-rule',
  'display',
  'visibility',
  'color',
  'paint-order',
  'vector-effect',
  'shape-rendering',
  'font-family',
  'font-size',
  'font-style',
  'font-weight',
  'letter-spacing',
  'text-anchor',
  'dominant-baseline',
  'stop-color',
  'stop-opacity',
] as const;
const gradient = ['gradientUnits', 'gradientTransform', 'spreadMethod', 'href'];

/** Elements that may be drawn, with the attributes each has beside the shared ones. */
const allowed: ReadonlyMap<string, readonly string[]> = new Map([
  ['svg', ['viewBox', 'preserveAspectRatio']],
  ['g', []],
  ['defs', []],
  ['title', []],
  ['desc', []],
  ['path', ['d', 'pathLength']],
  ['rect', ['x', 'y', 'width', 'height', 'rx', 'ry']],
  ['circle', ['cx', 'cy', 'r']],
  ['ellipse', ['cx', 'cy', 'rx', 'ry']],
  ['line', ['x1', 'y1', 'x2', 'y2']],
  ['polyline', ['points']],
  ['polygon', ['points']],
  ['text', ['x', 'y', 'dx', 'dy', 'textLength']],
  ['tspan', ['x', 'y', 'dx', 'dy']],
  ['linearGradient', ['x1', 'y1', 'x2', 'y2', ...gradient]],
  ['radialGradient', ['cx', 'cy', 'r', 'fx', 'fy', 'fr', ...gradient]],
  ['stop', ['offset']],
  ['clipPath', ['clipPathUnits']],
]);
const drawn = new Set(['path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'text']);
const written = new Set(['title', 'desc', 'text', 'tspan']);
/** What programs leave in their files and nobody sees. */
const unseen =
  /^(?:metadata|class|version|role|lang|baseProfile|enable-background|xmlns|width|height)$|^(?:aria|data)-|:/;

const svgNamespace = 'http://www.w3.org/2000/svg';
const idForm = /^[A-Za-z_][\w.-]{0,63}$/;
const localForm = /^url\(\s*["']?#([A-Za-z_][\w.-]{0,63})["']?\s*\)$/;
/** Numbers, names, colours, lists of them and transformations: nothing that could name another place. */
const plainForm = /^[\w\s#.,%()+'"-]*$/;
const referring = new Set(['fill', 'stroke', 'clip-path']);
const referencesAtMost = 200;
const leftAtMost = 20;

interface Course {
  readonly left: Set<string>;
  references: number;
  shapes: number;
}

/** @throws {BadLogo} */
export function readSvg(octets: Uint8Array): SvgLogo {
  const course: Course = { left: new Set(), references: 0, shapes: 0 };
  const root = readXml(octets, (what) => leave(course, what));
  if (root.name !== 'svg') throw new BadLogo('notAnImage', root.name.slice(0, 40));
  const { width, height, viewBox } = sizeOf(root);
  const attributes = [
    ['xmlns', svgNamespace],
    ['viewBox', viewBox],
    ['width', String(width)],
    ['height', String(height)],
    ...keptAttributes(root, course, false).filter(([name]) => name !== 'viewBox'),
  ] as const;
  const content = root.content.map((part) => print(part, 'svg', false, course)).join('');
  if (course.shapes === 0) throw new BadLogo('empty');
  return { text: `<svg${printAttributes(attributes)}>${content}</svg>\n`, left: [...course.left].slice(0, leftAtMost) };
}

function sizeOf({ attributes }: Element): {
  readonly width: number;
  readonly height: number;
  readonly viewBox: string;
} {
  const given = attributes
    .get('viewBox')
    ?.trim()
    .split(/[\s,]+/)
    .map(Number);
  const side = (name: string) => Number(/^\s*(\d+(?:\.\d+)?)(?:px)?\s*$/.exec(attributes.get(name) ?? '')?.[1] ?? NaN);
  const box = given ?? [0, 0, side('width'), side('height')];
  const [, , width = NaN, height = NaN] = box;
  if (box.length !== 4 || !box.every(Number.isFinite) || width <= 0 || height <= 0) throw new BadLogo('wrongSize');
  // What it is drawn at where nobody says otherwise.
  const scale = Math.min(1, logoSideAtMost / Math.max(width, height));
  const rounded = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: rounded(width), height: rounded(height), viewBox: box.join(' ') };
}

function print(part: Element | string, parent: string, isClipped: boolean, course: Course): string {
  if (typeof part === 'string') return written.has(parent) ? escaped(part) : '';
  const { name, attributes, content } = part;
  const isForeign = (attributes.get('xmlns') ?? svgNamespace) !== svgNamespace;
  // An <svg> in an <svg> has a place and size of its own: editors do not make them.
  if (isForeign || name === 'svg' || !allowed.has(name)) return leave(course, name);
  if (drawn.has(name)) course.shapes += 1;
  const inClip = isClipped || name === 'clipPath';
  const inner = content.map((each) => print(each, name, inClip, course)).join('');
  const head = `<${name}${printAttributes(keptAttributes(part, course, inClip))}`;
  return inner === '' ? `${head}/>` : `${head}>${inner}</${name}>`;
}

function keptAttributes(
  { name: element, attributes }: Element,
  course: Course,
  isClipped: boolean,
): readonly (readonly [string, string])[] {
  const names = new Set<string>([...shared, ...(allowed.get(element) ?? [])]);
  const given = [...attributes].flatMap(([name, value]): readonly (readonly [string, string])[] =>
    name === 'style' ? declarationsIn(value) : [[name === 'xlink:href' ? 'href' : name, value]],
  );
  const kept = new Map<string, string>();
  for (const [name, value] of given) {
    const safe = names.has(name) ? safeValue(name, value.trim(), isClipped) : undefined;
    if (safe === undefined) leave(course, name);
    else kept.set(name, safe);
    if (safe?.startsWith('url(') === true) course.references += 1;
  }
  if (course.references > referencesAtMost) throw new BadLogo('tooLarge', 'too many references');
  return [...kept];
}

function declarationsIn(style: string): readonly (readonly [string, string])[] {
  return style.split(';').flatMap((one) => {
    const at = one.indexOf(':');
    const name = one.slice(0, Math.max(at, 0)).trim().toLowerCase();
    return name === '' || name.startsWith('-') ? [] : [[name, one.slice(at + 1).trim()] as const];
  });
}

/** @returns undefined for a value that might reach out of the picture. */
function safeValue(name: string, value: string, isClipped: boolean): string | undefined {
  if (name === 'id') return idForm.test(value) ? value : undefined;
  if (name === 'href') return value.startsWith('#') && idForm.test(value.slice(1)) ? value : undefined;
  const id = localForm.exec(value)?.[1];
  // A clip that is clipped could be clipped again, and again.
  if (id !== undefined) return referring.has(name) && !isClipped ? `url(#${id})` : undefined;
  return plainForm.test(value) && !/url\s*\(/i.test(value) ? value : undefined;
}

function leave({ left }: Course, name: string): string {
  if (!unseen.test(name) && left.size < leftAtMost) left.add(name.slice(0, 40));
  return '';
}

function printAttributes(attributes: readonly (readonly [string, string])[]): string {
  return attributes.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (mark) => marks[mark] ?? '');
}
