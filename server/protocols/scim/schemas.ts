/**
 * The schemas we serve (RFC 7643 §4, §7, §8.7), as data: what is not here is not kept. Long because it is read like the
 * tables of the RFC.
 */
import type { Attribute, ResourceSchema, Schema } from '#formats/scim/schema.ts';

export const userSchemaId = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const enterpriseSchemaId = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const academySchemaId = 'urn:pli:params:scim:schemas:extension:academy:2.0:User';

const usual = {
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
} as const;

function attribute(name: string, description: string, more: Partial<Attribute> = {}): Attribute {
  return { ...usual, name, description, ...more };
}

/** Written, never read back. */
const secret = { mutability: 'writeOnly', returned: 'never' } as const;
const ours = { mutability: 'readOnly' } as const;

/** RFC 7643 §3.1: of every resource, beside what its schemas say. */
const common: readonly Attribute[] = [
  attribute('id', 'Ours.', { ...ours, caseExact: true, returned: 'always', uniqueness: 'global' }),
  attribute('externalId', 'Yours: by it a closed account comes back.', { caseExact: true, uniqueness: 'server' }),
  attribute('meta', 'Kind, dates, version.', {
    ...ours,
    type: 'complex',
    subAttributes: [
      attribute('resourceType', 'User or Group.', { ...ours, caseExact: true }),
      attribute('created', 'When it was added.', { ...ours, type: 'dateTime' }),
      attribute('lastModified', 'When it was changed last.', { ...ours, type: 'dateTime' }),
      attribute('location', 'Its address.', { ...ours, type: 'reference', caseExact: true }),
      attribute('version', 'As in ETag.', { ...ours, caseExact: true }),
    ],
  }),
];

const userSchema: Schema = {
  id: userSchemaId,
  name: 'User',
  description: 'A person and their account.',
  attributes: [
    attribute('userName', 'What they log in with: letters, digits, "._-". Planned from the names when absent.', {
      uniqueness: 'server',
    }),
    attribute('name', 'The parts of the name.', {
      type: 'complex',
      subAttributes: [
        attribute('formatted', 'As recipients see it.', ours),
        attribute('familyName', 'Family name.'),
        attribute('givenName', 'Given name.'),
      ],
    }),
    attribute('displayName', 'As recipients see it; follows the names unless it is given.'),
    attribute('title', 'Function, as it is read: « Principale adjointe ».'),
    attribute('userType', 'Population: staff, teacher, pupil …'),
    attribute('preferredLanguage', 'fr, en …'),
    attribute('active', 'false suspends the account; true ends such a suspension.', { type: 'boolean' }),
    attribute('password', 'Provisional: it is replaced at the next login.', { ...secret, caseExact: true }),
    attribute('emails', 'Addresses of domains of the tenant. The one before a new primary one stays as an alias.', {
      type: 'complex',
      multiValued: true,
      subAttributes: [
        attribute('value', 'The address.', { uniqueness: 'server' }),
        attribute('type', 'work.'),
        attribute('primary', 'What they write as unless they choose another.', { type: 'boolean' }),
      ],
    }),
    attribute('groups', 'Groups they are a member of.', {
      ...ours,
      type: 'complex',
      multiValued: true,
      subAttributes: [
        attribute('value', 'Its id.', { ...ours, caseExact: true }),
        attribute('$ref', 'Its address.', { ...ours, type: 'reference', caseExact: true }),
        attribute('display', 'Its name.', ours),
        attribute('type', 'direct.', ours),
      ],
    }),
  ],
};

const enterpriseSchema: Schema = {
  id: enterpriseSchemaId,
  name: 'EnterpriseUser',
  description: 'Where they work.',
  attributes: [
    attribute('department', 'Code of the unit (UAI of a school), or a path of codes: rectorat/dsi.'),
    attribute('division', 'Name of the unit.', ours),
  ],
};

const academySchema: Schema = {
  id: academySchemaId,
  name: 'AcademyUser',
  description: 'What an academy knows of its people.',
  attributes: [
    attribute('numen', 'NUMEN: kept as a keyed hash; serves once as a provisional password.', {
      ...secret,
      caseExact: true,
    }),
    attribute('birthDate', '1980-12-31.', secret),
    attribute('recoveryEmail', 'Address of elsewhere, proposed to its holder, who confirms it.', secret),
    attribute('quotaOctets', 'What the mailbox may hold; absent for the population’s.', { type: 'integer' }),
    attribute('isEmailProvisional', 'Whether the primary address is to be replaced one day.', {
      type: 'boolean',
      mutability: 'immutable',
    }),
    attribute('state', 'provisioned, active, locked, blocked, suspended.', ours),
    attribute(
      'appointments',
      'Where they work from one day to another: all that are planned, and the one that holds.',
      {
        type: 'complex',
        multiValued: true,
        subAttributes: [
          attribute('department', 'Code of the unit, or its path of codes; absent for none.'),
          attribute('title', 'The function from that day on; absent: as it is.'),
          attribute('userType', 'The population from that day on; absent: as it is.'),
          attribute('quotaOctets', 'What the mailbox may hold from that day on; absent: as it is.', {
            type: 'integer',
          }),
          attribute('from', 'The first day: 2026-09-01.'),
          attribute('until', 'The last day; absent for no end.'),
          attribute('isLeave', 'Whether what was before comes back after the last day.', { type: 'boolean' }),
          attribute('state', 'planned or current.', ours),
        ],
      },
    ),
  ],
};

export const groupSchemaId = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const academyGroupSchemaId = 'urn:pli:params:scim:schemas:extension:academy:2.0:Group';

const groupSchema: Schema = {
  id: groupSchemaId,
  name: 'Group',
  description: 'People and groups under one name.',
  attributes: [
    attribute('displayName', 'Its name.', { required: true }),
    attribute('members', 'Who is in it: people, and groups eight deep at most.', {
      type: 'complex',
      multiValued: true,
      subAttributes: [
        attribute('value', 'The id of a user or group.', { caseExact: true, mutability: 'immutable' }),
        attribute('$ref', 'Its address.', { type: 'reference', caseExact: true, mutability: 'immutable' }),
        attribute('type', 'User or Group.', { mutability: 'immutable' }),
        attribute('display', 'Its name.', ours),
      ],
    }),
  ],
};

const academyGroupSchema: Schema = {
  id: academyGroupSchemaId,
  name: 'AcademyGroup',
  description: 'What an academy knows of a group.',
  attributes: [
    attribute('department', 'Code of the unit it is of; absent for the whole tenant.', { mutability: 'immutable' }),
    attribute('email', 'Its address: mail to it goes to its members. Kept once it has one.', { uniqueness: 'server' }),
    attribute('senders', 'Who may write to it: tenant, members, named.'),
  ],
};

export const groupResource: ResourceSchema = { core: groupSchema, extensions: [academyGroupSchema], common };

export const userResource: ResourceSchema = {
  core: userSchema,
  extensions: [enterpriseSchema, academySchema],
  common,
};

export interface ResourceType {
  readonly name: string;
  readonly endpoint: string;
  readonly description: string;
  readonly resource: ResourceSchema;
}

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'People and their accounts',
  resource: userResource,
};

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'People and groups under one name',
  resource: groupResource,
};

export const resourceTypes: readonly ResourceType[] = [userType, groupType];

/** By their ids, each once. */
export const schemas: readonly Schema[] = resourceTypes.flatMap(({ resource }) => [
  resource.core,
  ...resource.extensions,
]);

/** Attributes that programs usually send and we do not keep (RFC 7643 §4.1): passed over, where another name is a mistake. */
export const notKept: ReadonlySet<string> = new Set([
  'addresses',
  'entitlements',
  'ims',
  'locale',
  'nickname',
  'phonenumbers',
  'photos',
  'profileurl',
  'roles',
  'timezone',
  'x509certificates',
  'costcenter',
  'employeenumber',
  'manager',
  'organization',
]);
