/**
 * Typed words. A catalogue holds the same keys in French and English; a message is a text with `{places}`, or one text
 * per plural category (CLDR, by Intl.PluralRules on `count`). A wrong key, a missing place or a key absent from the
 * other language stops the build. A feature loaded late keeps its own catalogue beside this file, in its own chunk.
 */
import { currentLanguage, numberText, pluralOf } from './language.ts';

/** `many` is French for whole millions ("1 000 000 de messages"); where it is absent, `other` serves. */
type Plural = { readonly one: string; readonly many?: string; readonly other: string };
export type Message = string | Plural;

type Places<S> = S extends `${string}{${infer Place}}${infer Rest}` ? Place | Places<Rest> : never;
type PlacesOf<M> = M extends Plural ? Places<M['other']> | 'count' : Places<M>;
type Given<M> = [PlacesOf<M>] extends [never]
  ? []
  : [{ readonly [P in PlacesOf<M>]: P extends 'count' ? number : string | number }];

/** Says one message of the catalogue in the language of the screen. */
export type Say<C> = <K extends keyof C & string>(key: K, ...given: Given<C[K]>) => string;

/** The other language must have the same keys; plurals may differ in shape. */
export type Translation<C> = { readonly [K in keyof C]: Message };

/** Makes the `t` of one catalogue. */
export function catalogue<const C extends Readonly<Record<string, Message>>>(fr: C, en: Translation<C>): Say<C> {
  return (key, ...given) => {
    const message: Message | undefined = currentLanguage() === 'en' ? en[key] : fr[key];
    return fill(message ?? key, given[0] ?? {});
  };
}

function fill(message: Message, given: Readonly<Record<string, string | number>>): string {
  const count = given['count'];
  const text = typeof message === 'string' ? message : plural(message, typeof count === 'number' ? count : 0);
  return text.replace(/\{(\w+)\}/g, (_, place: string) => {
    const value = given[place] ?? '';
    return typeof value === 'number' ? numberText(value) : value;
  });
}

function plural(message: Plural, count: number): string {
  const category = pluralOf(count);
  if (category === 'one') return message.one;
  return category === 'many' ? (message.many ?? message.other) : message.other;
}
