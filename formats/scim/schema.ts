/**
 * Schemas of SCIM (RFC 7643 §7): what attributes a resource has, as values that both the page of schemas and everything
 * that reads, filters, patches and prints resources follow.
 */
import type { Json, JsonObject } from '#formats/jmap/json.ts';

import type { AttributePath } from './filter.ts';

export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'integer' | 'dateTime' | 'reference' | 'complex';
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  readonly subAttributes?: readonly Attribute[];
}

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** A kind of resource: its own schema, whose attributes stand at the top, and those that extend it. */
export interface ResourceSchema {
  readonly core: Schema;
  readonly extensions: readonly Schema[];
  /** Attributes every resource has (RFC 7643 §3.1). */
  readonly common: readonly Attribute[];
}

/** An attribute found: the schema it is of, undefined when it stands at the top of the resource. */
export interface Located {
  readonly extension: Schema | undefined;
  readonly attribute: Attribute;
  readonly sub: Attribute | undefined;
}

function sameName(name: string): (attribute: { readonly name: string }) => boolean {
  const folded = name.toLowerCase();
  return (attribute) => attribute.name.toLowerCase() === folded;
}

/** The extension whose URI a path is, as a whole: `urn:…:enterprise:2.0:User`. */
export function findExtension(of: ResourceSchema, { uri, name, sub }: AttributePath): Schema | undefined {
  const whole = `${uri ?? ''}:${name}${sub === undefined ? '' : `.${sub}`}`.toLowerCase();
  return of.extensions.find(({ id }) => id.toLowerCase() === whole);
}

/** @returns undefined for an attribute that no schema of the resource has. */
export function locate(of: ResourceSchema, { uri, name, sub }: AttributePath): Located | undefined {
  const folded = uri?.toLowerCase();
  const extension = of.extensions.find(({ id }) => id.toLowerCase() === folded);
  if (folded !== undefined && !extension && of.core.id.toLowerCase() !== folded) return undefined;
  const attributes = extension ? extension.attributes : [...of.common, ...of.core.attributes];
  const attribute = attributes.find(sameName(name));
  if (!attribute) return undefined;
  const part = sub === undefined ? undefined : attribute.subAttributes?.find(sameName(sub));
  return sub !== undefined && !part ? undefined : { extension, attribute, sub: part };
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** What stands at an attribute of a resource; undefined when nothing does. */
export function valueAt(resource: JsonObject, { extension, attribute }: Located): Json | undefined {
  const of = extension ? resource[extension.id] : resource;
  return isObject(of) ? of[attribute.name] : undefined;
}
