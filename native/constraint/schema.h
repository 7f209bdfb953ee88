// native/constraint/schema.h: JSON Schema (2020-12), the part that tools need, as a grammar of the JSON texts to write.
//
// Every text that the grammar allows meets the schema. The other way round it is narrower, on purpose, because a writer
// needs one good way and not every way:
//   - no blanks but one optional blank after `:` and after `,`;
//   - properties come in the order of the schema, then required ones that it does not describe, then others; optional
//     ones may be left out;
//   - properties or items that the schema does not describe are written only where `additionalProperties` or `items`
//     says so, or where it describes none at all; only those may come twice (readers take the last one);
//   - numbers have at most 15 digits on either side of the point and an exponent of at most two; `const` and `enum`
//     values are written as the schema writes them, without blanks;
//   - without `type` the value has the types whose keywords are there.
//
//   true, false, {}      any value, none, any value
//   type                 one or a list of: object array string number integer boolean null
//   const, enum          alone or with `type`
//   anyOf                alone
//   oneOf                alone, and only where no value can meet two branches: by type, by value, or by a required
//                        property with different values. allOf: alone, with one branch
//   $ref                 alone: "#" or "#/…" inside the schema; may be recursive. $defs, definitions
//   object               properties, required, additionalProperties
//   array                items, prefixItems, minItems, maxItems; uniqueItems: false
//   string               minLength, maxLength; or pattern (see regex.h); or format: date, time, date-time, uuid
//   integer              minimum, maximum, exclusiveMinimum, exclusiveMaximum
//   number               the same four, where they are whole; then it is written without an exponent
//   passed over          title, description, default, examples, $comment, deprecated, readOnly, writeOnly, $schema, $id
// Anything else is an error that names the keyword and its place, never silently wider.
#pragma once
#include <memory>
#include <string_view>

#include "base/status.h"
#include "constraint/grammar.h"

namespace hearth::constraint {

/// `schema`: JSON text. Errors: kInvalidArgument, with the place as a JSON pointer (`#/properties/size`).
Result<std::shared_ptr<const Grammar>> compile_schema(std::string_view schema);

}  // namespace hearth::constraint
