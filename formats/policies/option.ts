/**
 * One thing that an institution decides: what it may be, and what it is where nobody decided. Read leniently (what
 * makes no sense is the default), judged strictly (what an administrator types is refused, with the reason).
 */

export type Option =
  | { readonly kind: 'flag'; readonly otherwise: boolean }
  | {
      readonly kind: 'number';
      readonly otherwise: number;
      readonly least: number;
      readonly most: number;
    }
  /** null: without any. */
  | {
      readonly kind: 'numberOrNone';
      readonly otherwise: number | null;
      readonly least: number;
      readonly most: number;
    }
  | { readonly kind: 'choice'; readonly otherwise: string; readonly values: readonly string[] }
  /** Some of `values`, in their order. */
  | { readonly kind: 'some'; readonly otherwise: readonly string[]; readonly values: readonly string[] }
  /** Any texts that `form` allows. */
  | { readonly kind: 'texts'; readonly otherwise: readonly string[]; readonly form: RegExp }
  | { readonly kind: 'text'; readonly otherwise: string; readonly characters: number };

export type OptionValue = boolean | number | string | null | readonly string[];

/** The type of an option's values. */
export type ValueOf<O> = O extends { readonly kind: 'flag' }
  ? boolean
  : O extends { readonly kind: 'number' }
    ? number
    : O extends { readonly kind: 'numberOrNone' }
      ? number | null
      : O extends { readonly kind: 'choice'; readonly values: readonly (infer V)[] }
        ? V
        : O extends { readonly kind: 'some'; readonly values: readonly (infer V)[] }
          ? readonly V[]
          : O extends { readonly kind: 'texts' }
            ? readonly string[]
            : string;

/** Texts in one list. */
export const listedAtMost = 500;

/** The value in its own shape; undefined where it makes no sense, and would have to be refused. */
export function judgeOption(option: Option, value: unknown): OptionValue | undefined {
  switch (option.kind) {
    case 'flag':
      return typeof value === 'boolean' ? value : undefined;
    case 'number':
      return isWithin(value, option) ? value : undefined;
    case 'numberOrNone':
      return value === null || isWithin(value, option) ? value : undefined;
    case 'choice':
      return option.values.find((one) => one === value);
    case 'some': {
      const texts = textsOf(value);
      const isKnown = texts?.every((one) => option.values.includes(one)) === true;
      return isKnown ? option.values.filter((one) => texts.includes(one)) : undefined;
    }
    case 'texts': {
      const texts = textsOf(value)?.map((one) => one.trim());
      const isFit = texts?.every((one) => option.form.test(one)) === true;
      return isFit ? [...new Set(texts)] : undefined;
    }
    case 'text':
      return typeof value === 'string' && value.length <= option.characters ? value : undefined;
  }
}

function isWithin(value: unknown, { least, most }: { readonly least: number; readonly most: number }): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
}

function textsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > listedAtMost) return undefined;
  const texts = value.filter((one): one is string => typeof one === 'string');
  return texts.length === value.length ? texts : undefined;
}

/** An option's value as somebody types it in one line: `12`, `yes`, `none`, `imap, sieve`. Undefined for what is none. */
export function readTyped(option: Option, typed: string): OptionValue | undefined {
  const text = typed.trim();
  const list = (): readonly string[] => text.split(/[\s,;]+/).filter((one) => one !== '');
  switch (option.kind) {
    case 'flag':
      return text === 'yes' || text === 'true' ? true : text === 'no' || text === 'false' ? false : undefined;
    case 'number':
      return text === '' ? undefined : judgeOption(option, Number(text));
    case 'numberOrNone':
      return text === 'none' ? null : text === '' ? undefined : judgeOption(option, Number(text));
    case 'some':
    case 'texts':
      return judgeOption(option, list());
    case 'choice':
    case 'text':
      return judgeOption(option, typed);
  }
}

export function printValue(value: OptionValue): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(', ') : String(value);
}
