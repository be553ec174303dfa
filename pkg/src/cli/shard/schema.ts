import { any, boolean, constant, count, integer, list, object, type Shape, string } from "./shape.js";

/** As much of a JSON schema as those of the report have. */
export interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly minimum?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

/**
 * The shape that a schema describes; of an object, what is required, which is all that the report has.
 *
 * @param named the schemas to which it refers, by their names, none of which refers to itself
 */
export function shapeOf(schema: Schema, named: Readonly<Record<string, Schema>>): Shape {
  const of = (inner: Schema): Shape => shapeOf(inner, named);
  const { $ref, type, items, required = [], properties = {} } = schema;
  if ($ref !== undefined) {
    const target = named[$ref.slice($ref.lastIndexOf("/") + 1)];
    if (target === undefined) throw new Error(`there is no schema ${$ref}`);
    return of(target);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return any(choices.map(of));
  if ("const" in schema) return constant(schema.const);
  if (schema.enum !== undefined) return any(schema.enum.map(constant));
  if (typeof type === "object") return any(type.map((each) => of({ ...schema, type: each })));
  switch (type) {
    case "null":
      return constant(null);
    case "string":
      return string;
    case "boolean":
      return boolean;
    case "integer":
      return schema.minimum === 0 ? count : integer;
    case "array":
      if (items !== undefined) return list(of(items));
      break;
    case "object":
      return object(Object.fromEntries(required.map((name) => [name, of(properties[name] ?? {})])));
  }
  throw new Error(`a report can't be checked by the schema ${JSON.stringify(schema)}`);
}
