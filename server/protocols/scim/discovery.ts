/** What we are and can do, for programs that ask before they write (RFC 7644 §4, RFC 7643 §5 to §7). */
import type { JsonObject } from '#formats/jmap/json.ts';
import type { Attribute, Schema } from '#formats/scim/schema.ts';
import { peoplePerPage } from '#server/provisioning/find.ts';

import { bulkOperationsAtMost, bulkOctetsAtMost } from './bulk.ts';
import type { ResourceType } from './schemas.ts';

const configSchema = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';
const resourceTypeSchema = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const schemaSchema = 'urn:ietf:params:scim:schemas:core:2.0:Schema';

export function printConfig(base: string): JsonObject {
  return {
    schemas: [configSchema],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: bulkOperationsAtMost, maxPayloadSize: bulkOctetsAtMost },
    filter: { supported: true, maxResults: peoplePerPage },
    changePassword: { supported: true },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer',
        description: 'A token of this directory, given by an administrator of the institution.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export function printResourceType({ name, endpoint, description, resource }: ResourceType, base: string): JsonObject {
  return {
    schemas: [resourceTypeSchema],
    id: name,
    name,
    endpoint,
    description,
    schema: resource.core.id,
    schemaExtensions: resource.extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  };
}

export function printSchema({ id, name, description, attributes }: Schema, base: string): JsonObject {
  return {
    schemas: [schemaSchema],
    id,
    name,
    description,
    attributes: attributes.map(printAttribute),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  };
}

function printAttribute({ subAttributes, ...attribute }: Attribute): JsonObject {
  return { ...attribute, ...(subAttributes && { subAttributes: subAttributes.map(printAttribute) }) };
}
